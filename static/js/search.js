// The search form: says the chosen dates as the server does, makes whole stays of them, keeps empty fields out of the
// address, and puts the eye where results changed.
const DAY = 86_400_000;
const isChinese = document.documentElement.lang.startsWith("zh");
const monthName = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
const add = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);

/** A day as the headings write it; without its month where the other day of the stay tells it. */
function dayWords(iso, alone = true) {
  const [, month, day] = iso.split("-").map(Number);
  if (isChinese) return alone ? `${month}月${day}日` : `${day}日`;
  return alone ? `${day} ${monthName.format(new Date(iso))}` : `${day}`;
}

/** A stay, or its one day and what is still to choose. */
function stayWords(from, to, { night, nights }) {
  if (!from || !to) return from ? `${dayWords(from)} – …` : `… – ${dayWords(to)}`;
  const isOneMonth = from.slice(0, 7) === to.slice(0, 7);
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY);
  const days = `${dayWords(from, isChinese || !isOneMonth)} – ${dayWords(to, !isChinese || !isOneMonth)}`;
  return `${days} · ${count === 1 ? night : nights.replace("2", count)}`;
}

function sayDates({ elements: { sd, ed } }) {
  const label = document.getElementById("when-value");
  label.textContent = sd.value || ed.value ? stayWords(sd.value, ed.value, label.dataset) : label.dataset.empty;
  document.querySelector("[data-clear-dates]").hidden = !sd.value && !ed.value;
}

/** Makes one night of a single day that was chosen here; one that the address asks for is meant so. */
function makeWhole({ elements: { sd, ed } }) {
  if (Boolean(sd.value) === Boolean(ed.value)) return;
  if (sd.value === sd.defaultValue && ed.value === ed.defaultValue) return;
  if (sd.value) ed.value = add(sd.value, 1);
  else sd.value = add(ed.value, -1);
  ed.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("submit", ({ target }) => target.id === "search" && makeWhole(target), true);
document.addEventListener("formdata", ({ target, formData }) => {
  if (target.id !== "search") return;
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.id !== "search") return;
  if (["sd", "ed"].includes(target.name)) sayDates(target.form);
  else if (target.closest("#filters")) makeWhole(target.form);
}, true);

document.addEventListener("stay:picked", ({ target }) => target.closest(".search__dates:popover-open")?.hidePopover());
document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-clear-dates]")) return;
  const { sd, ed } = target.form.elements;
  sd.value = ed.value = "";
  sd.dispatchEvent(new Event("change", { bubbles: true }));
  document.getElementById("when-value").focus();
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "results" && document.activeElement === document.body) document.getElementById("count")?.focus();
});
