// Sends photos as soon as they are chosen or dropped, one after the other, and shows how far each has come. After each
// the document hears `album:grown`.
const SIDE = 56;
const form = document.querySelector(".uploads");
const data = form.dataset;
const input = form.querySelector("[type=file]");
const files = form.querySelector(".uploads__files");
const said = form.querySelector("[data-said]");
let chain = Promise.resolve();
let waiting = 0;
let added = 0;

form.classList.add("uploads--live");
form.querySelector("button").hidden = true;

/** A line for a file: its name, and what becomes of it. */
function lineOf(file) {
  const line = document.createElement("li");
  const name = Object.assign(document.createElement("b"), { textContent: file.name });
  const state = Object.assign(document.createElement("small"), { textContent: data.waiting });
  const progress = Object.assign(document.createElement("progress"), { max: 100, value: 0, ariaLabel: file.name });
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  canvas.setAttribute("aria-hidden", "true");
  const text = document.createElement("div");
  text.append(name, progress, state);
  line.append(canvas, text);
  files.append(line);
  return { line, state, progress, canvas };
}

/** Draws the middle of a photo; what is no photo stays blank. */
async function preview(file, canvas) {
  const photo = await createImageBitmap(file, { resizeWidth: SIDE * 2 }).catch(() => null);
  if (!photo) return;
  const side = Math.min(photo.width, photo.height);
  const [left, top] = [(photo.width - side) / 2, (photo.height - side) / 2];
  canvas.getContext("2d").drawImage(photo, left, top, side, side, 0, 0, SIDE, SIDE);
  photo.close();
}

/** Sends a file; resolves to the status and the words of the answer, 0 when there was none. */
function send(file, onProgress) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData(form);
    body.set(input.name, file);
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress((100 * loaded) / total));
    request.addEventListener("loadend", () => {
      const isPlain = request.getResponseHeader("Content-Type")?.startsWith("text/plain");
      resolve({ status: request.status, words: isPlain ? request.responseText : "" });
    });
    request.open("POST", location.pathname);
    request.setRequestHeader("X-Requested-With", "fetch");
    request.send(body);
  });
}

/** Shows why a file was not taken; what did not arrive can be sent again. */
function refuse(file, { line, state, progress }, words, isFinal) {
  progress.remove();
  line.classList.add("uploads__refused");
  state.textContent = words;
  said.textContent = `${file.name}: ${words}`;
  if (isFinal) return;
  const again = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: data.again });
  again.addEventListener("click", () => {
    line.remove();
    add([file]);
    input.focus();
  });
  line.append(again);
}

async function upload(file, shown) {
  if (file.size > Number(data.most)) return refuse(file, shown, data.large, true);
  await preview(file, shown.canvas);
  const { status, words } = await send(file, (percent) => {
    shown.progress.value = percent;
    shown.state.textContent = percent < 100 ? data.sending.replace("{percent}", Math.round(percent)) : data.working;
  });
  if (status !== 201) return refuse(file, shown, status === 413 ? data.large : words || data.failed, Boolean(words) || status === 413);
  shown.line.remove();
  added += 1;
  said.textContent = data.added.replace("{count}", added);
  return document.dispatchEvent(new Event("album:grown"));
}

function add(chosen) {
  for (const file of chosen) {
    const shown = lineOf(file);
    waiting += 1;
    chain = chain.then(() => upload(file, shown)).finally(() => { waiting -= 1; });
  }
}

input.addEventListener("change", () => {
  const chosen = [...input.files];
  input.value = "";
  add(chosen);
});

// Anywhere on the page will do.
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  form.classList.add("uploads--over");
});
addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) form.classList.remove("uploads--over"); });
addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  form.classList.remove("uploads--over");
  added = 0;
  add([...event.dataTransfer.files]);
});
addEventListener("beforeunload", (event) => { if (waiting) event.preventDefault(); });
