// Picks a stay in the months of a [data-picker], and writes it into the date inputs `sd` and `ed` of the form it names.
// The server draws the months and marks the stay; this module makes days pressable, by mouse and by arrow keys.
const DAY = 86_400_000;
const add = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);
const between = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);
const inputs = (picker) => document.getElementById(picker.dataset.picker).elements;
const days = (picker) => [...picker.querySelectorAll("[data-day]")];
const shown = (picker) => days(picker).filter((button) => button.checkVisibility());   // a sheet shows one month of two

/** What the home takes: which nights a stay may begin on, and until when a stay from one of them may last. */
function rulesOf({ first, last, taken, min, max, turnover }) {
  const held = new Set(taken.split(" "));
  const mayLeave = (from, to) => to <= last && (turnover !== undefined || !held.has(to)) && between(from, to) >= min;
  const known = new Map();
  const leavesOf = (from) => {
    if (known.has(from)) return known.get(from);
    const leaves = [];
    for (let to = add(from, 1); to <= last && !held.has(add(to, -1)); to = add(to, 1)) {
      if (Number(max) && between(from, to) > max) break;
      if (mayLeave(from, to)) leaves.push(to);
    }
    known.set(from, leaves);
    return leaves;
  };
  return { leavesOf, mayArrive: (day) => day >= first && !held.has(day) && leavesOf(day).length > 0 };
}

/** Draws the stay, and lets only those days be pressed that can come next. `over` is the day under the pointer. */
function paint(picker, over) {
  const { sd, ed } = inputs(picker);
  const from = sd.value;
  const rules = (picker.rules ??= rulesOf(picker.dataset));
  const leaves = from && !ed.value ? new Set(rules.leavesOf(from)) : null;
  const to = ed.value || (leaves?.has(over) ? over : "");
  for (const button of days(picker)) {
    const day = button.dataset.day;
    const mark = day === from ? "from" : day === to ? "to" : from < day && day < to && from ? "in" : "";
    for (const name of ["from", "in", "to"]) button.classList.toggle(`night--${name}`, name === mark);
    button.toggleAttribute("disabled", !(leaves && day > from && leaves.has(day)) && !rules.mayArrive(day));
    button.setAttribute("aria-pressed", mark === "from" || mark === "to");
    const note = button.querySelector("small");
    note.textContent = { from: picker.dataset.arrive, to: picker.dataset.leave }[mark] ?? note.dataset.price;
  }
  const open = shown(picker).filter((button) => !button.disabled);
  const current = open.find((button) => button === document.activeElement) ?? open.find((button) => button.dataset.day === from) ?? open[0];
  for (const button of days(picker)) button.tabIndex = button === current ? 0 : -1;
}

/** Takes a day as the day of arrival or, when one waits for it, as the day of leaving. */
function pick(picker, day) {
  const { sd, ed } = inputs(picker);
  const leaves = sd.value && !ed.value && picker.rules.leavesOf(sd.value).includes(day);
  if (leaves) ed.value = day;
  else [sd.value, ed.value] = [day, ""];
  (leaves ? ed : sd).dispatchEvent(new Event("change", { bubbles: true }));
  if (leaves) picker.dispatchEvent(new Event("stay:picked", { bubbles: true }));
}

/** Takes the stay that a link offers instead of the one in its form; the link itself turns the months to it. */
function take(link) {
  const form = document.getElementById(link.dataset.takes);
  const { sd, ed } = form.elements;
  [sd.value, ed.value] = [link.dataset.checkIn, link.dataset.checkOut];
  if (form.contains(link)) ed.focus({ preventScroll: true });   // the link goes when the price comes
  ed.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Moves the focus by days to the next one that can be pressed, turning the months at their ends. */
function move(picker, from, by) {
  const known = new Map(shown(picker).map((button) => [button.dataset.day, button]));
  let day = add(from, by);
  while (known.has(day) && known.get(day).disabled) day = add(day, by);
  const target = known.get(day);
  if (!target) return picker.querySelector(`[id$="${by > 0 ? "later" : "earlier"}"]`)?.focus();
  target.tabIndex = 0;
  return target.focus();
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
const pickerAt = (event) => event.target.closest?.("[data-picker]");
const paintAll = () => document.querySelectorAll("[data-picker]").forEach((picker) => paint(picker));

document.addEventListener("click", (event) => {
  const day = event.target.closest("[data-day]");
  if (day) pick(pickerAt(event), day.dataset.day);
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-takes]");
  if (link) take(link);
}, true);   // before htmx reads the form
document.addEventListener("keydown", (event) => {
  const day = event.target.closest("[data-day]");
  if (!day || !STEPS[event.key]) return;
  event.preventDefault();
  move(pickerAt(event), day.dataset.day, STEPS[event.key]);
});
document.addEventListener("mouseover", (event) => {
  const picker = pickerAt(event);
  if (picker) paint(picker, event.target.closest("[data-day]")?.dataset.day);
});
document.addEventListener("change", ({ target }) => ["sd", "ed"].includes(target.name) && paintAll());
document.addEventListener("htmx:load", paintAll);
document.addEventListener("toggle", paintAll, true);   // a sheet that opens or closes shows other months
paintAll();
