// Opens the photos of a home in a dialog, at the one that was pressed. Without it a photo opens by itself.
const mosaic = document.querySelector("[data-viewer]");
if (mosaic) {
  const viewer = document.getElementById(mosaic.dataset.viewer);
  const row = viewer.querySelector("ol");
  const go = (to, behavior = "smooth") => row.scrollTo({ left: to * row.clientWidth, behavior });
  const arrows = viewer.querySelectorAll("[data-by]");
  const update = () => arrows.forEach((arrow) => {
    const room = arrow.dataset.by > 0 ? row.scrollWidth - row.clientWidth - row.scrollLeft : row.scrollLeft;
    if (room < 2 && arrow === document.activeElement) row.focus();
    arrow.disabled = room < 2;
  });
  const step = (by) => go(Math.round(row.scrollLeft / row.clientWidth) + by);
  const open = (event) => {
    const pressed = event.target.closest("[data-photo], [popovertarget]");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    viewer.showModal();
    go(Number(pressed.dataset.photo ?? 0), "instant");
    row.focus();
    update();
  };
  row.addEventListener("scroll", update, { passive: true });
  mosaic.addEventListener("click", open);
  viewer.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed?.dataset.by) step(Number(pressed.dataset.by));
    else if (pressed) viewer.close();
  });
  viewer.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
}
