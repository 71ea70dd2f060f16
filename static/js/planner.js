// Ticks runs of nights in a planner: by dragging the mouse, with Shift, and by arrow keys. Without it each night has its own tick.
const planner = document.querySelector(".planner");
const boxes = [...planner.querySelectorAll("input:enabled")];
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const at = (target) => boxes.indexOf(target.closest("label")?.control);

/** Begins a run at a night; whatever the run leaves again becomes as it was before. */
const begin = (from, checked) => ({ from, checked, before: boxes.map((box) => box.checked) });
const extend = (run, to) => boxes.forEach((box, n) => {
  box.checked = (n - run.from) * (n - to) <= 0 ? run.checked : run.before[n];
});

let last = 0;        // the night touched last, where a run with Shift begins
let drag = null;     // the run that the mouse draws
let dragged = false; // whether it has left the night where it began: then letting go is no click
let keys = null;     // the run that Shift and the arrow keys draw

/** Makes a night the one that Tab comes to. */
function touch(night) {
  last = night;
  boxes.forEach((box, n) => { box.tabIndex = n === night ? 0 : -1; });
}

planner.addEventListener("pointerdown", ({ target, pointerType, button, shiftKey }) => {
  const night = at(target);
  dragged = false;
  if (night >= 0 && pointerType === "mouse" && button === 0 && !shiftKey) drag = begin(night, !boxes[night].checked);
});
planner.addEventListener("pointerover", ({ target, buttons }) => {
  if (!(buttons & 1)) drag = null;
  const night = drag ? at(target) : -1;
  if (night < 0 || (night === drag.from && !dragged)) return;
  dragged = true;
  extend(drag, night);
  touch(night);
});
addEventListener("pointerup", () => { drag = null; });

planner.addEventListener("click", (event) => {
  const night = at(event.target);
  if (night < 0 || event.detail === 0) return;   // by keyboard, or passed on by the label
  if (dragged || event.shiftKey) event.preventDefault();
  if (!dragged && event.shiftKey) extend(begin(last, true), night);
  if (!dragged) touch(night);
});

planner.addEventListener("keydown", (event) => {
  const from = boxes.indexOf(event.target);
  if (from < 0 || !STEPS[event.key]) return;
  event.preventDefault();
  const to = from + STEPS[event.key];
  if (!boxes[to]) return void (event.shiftKey || document.getElementById(to < 0 ? "earlier" : "later")?.focus());
  keys = event.shiftKey ? keys ?? begin(from, true) : null;
  if (keys) extend(keys, to);
  touch(to);
  boxes[to].focus();
});
planner.addEventListener("keyup", ({ key }) => { if (key === "Shift") keys = null; });

if (boxes.length) touch(Math.max(0, boxes.findIndex((box) => box.checked)));
