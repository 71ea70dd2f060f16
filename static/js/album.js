// Puts the photos of a home in order at once, by dragging and by the buttons, and keeps each order on the server.
const album = document.getElementById("album");
const words = document.getElementById("album-words");
const list = () => album.querySelector(".album");
const tiles = () => [...album.querySelectorAll(".tile")];
const order = () => tiles().map((tile) => tile.dataset.photo).join(" ");
let saving = Promise.resolve();

/** Sends a change; returns nothing when it is kept, or the words of what was refused. */
async function send(address, fields) {
  const csrfmiddlewaretoken = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ csrfmiddlewaretoken, ...fields });
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" }, redirect: "error" });
    if (answer.ok) return "";
    return answer.headers.get("Content-Type")?.startsWith("text/plain") ? await answer.text() : words.dataset.failed;
  } catch {
    return words.dataset.failed;
  }
}

/** Draws the album as the server has it; what has the focus keeps it. */
async function redraw() {
  const answer = await fetch(location.pathname, { redirect: "error" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focus = document.activeElement?.id;
  album.replaceChildren(...page.getElementById("album").childNodes);
  if (focus && document.activeElement === document.body) document.getElementById(focus)?.focus();
  prepare();
}

/** Keeps what is on show, one change after the other; shows why where it cannot be kept. */
function keep(address, fields) {
  saving = saving.then(async () => {
    const refusal = await send(address, fields);
    if (!refusal) return;
    await redraw().catch(() => {});
    const notice = document.getElementById("album-refusal");
    notice.hidden = false;
    notice.textContent = refusal;
  });
}

/** Numbers the photos, and says the new place of one. */
function say(moved) {
  document.getElementById("album-refusal").hidden = true;
  tiles().forEach((tile, n) => {
    const place = tile.querySelector(".tile__place");
    place.textContent = place.textContent.replace(/\d+/, n + 1);
  });
  const place = tiles().indexOf(moved) + 1;
  const said = words.dataset.placed.replace("{place}", place).replace("{count}", tiles().length);
  words.textContent = place === 1 ? words.dataset.main : said;
}

/** Gives the focus back to a button that was moved, or to its neighbour where it has no more to do. */
function refocus(button, tile) {
  button.focus();
  if (document.activeElement === button && button.checkVisibility({ visibilityProperty: true })) return;
  [...tile.querySelectorAll("[data-by]")].find((each) => each.checkVisibility({ visibilityProperty: true }))?.focus();
}

album.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const tile = form.closest(".tile");
  const by = Number(submitter?.dataset.by ?? 0);
  if (!by && !form.matches(".tile__make")) return;
  event.preventDefault();
  event.stopPropagation();
  if (by > 0) tile.nextElementSibling?.after(tile);
  else if (by) tile.previousElementSibling?.before(tile);
  else list().prepend(tile);
  say(tile);
  refocus(submitter, tile);
  tile.scrollIntoView({ block: "nearest" });
  if (by) keep(list().dataset.order, { order: order() });
  else keep(list().dataset.main, { image_id: tile.dataset.photo });
});

document.addEventListener("album:grown", () => { saving = saving.then(redraw).catch(() => {}); });

let dragged = null;
let before = [];
function prepare() {
  for (const tile of tiles()) tile.draggable = true;
  for (const photo of album.querySelectorAll(".tile img")) photo.draggable = false;
}
album.addEventListener("dragstart", (event) => {
  const tile = event.target.closest?.(".tile");
  if (!tile || event.target !== tile) return;
  [dragged, before] = [tile, tiles()];
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  requestAnimationFrame(() => tile.classList.add("tile--dragged"));
});
album.addEventListener("dragover", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const over = event.target.closest?.(".tile");
  if (!over || over === dragged) return;
  const all = tiles();
  if (all.indexOf(over) > all.indexOf(dragged)) over.after(dragged);
  else over.before(dragged);
});
album.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
album.addEventListener("dragend", ({ dataTransfer }) => {
  if (!dragged) return;
  dragged.classList.remove("tile--dragged");
  if (dataTransfer.dropEffect === "none") list().replaceChildren(...before);   // let go elsewhere, or Escape
  else if (tiles().some((tile, n) => tile !== before[n])) {
    say(dragged);
    keep(list().dataset.order, { order: order() });
  }
  dragged = null;
});
prepare();
