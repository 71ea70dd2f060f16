// Shows a photo as it will be cut, before it is kept.
const SIDE = 256;

for (const form of document.querySelectorAll("[data-preview]")) {
  const avatar = form.querySelector(".avatar");
  const kept = [...avatar.childNodes];
  const status = form.querySelector("[data-words]");
  form.addEventListener("change", async ({ target: { files } }) => {
    const photo = files?.[0] && await createImageBitmap(files[0]).catch(() => null);
    status.textContent = photo ? status.dataset.words : "";
    if (!photo) return avatar.replaceChildren(...kept);
    const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
    const side = Math.min(photo.width, photo.height);
    const [left, top] = [(photo.width - side) / 2, (photo.height - side) / 2];
    canvas.getContext("2d").drawImage(photo, left, top, side, side, 0, 0, SIDE, SIDE);
    return avatar.replaceChildren(canvas);
  });
}
