// The search form: says the chosen dates as the server does, makes whole stays of them, keeps empty fields out of the
// address, and puts the eye where results changed.
const DAY = 86_400_000;
const isChinese = document.documentElement.lang.startsWith("zh");
const monthName = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
const add = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);

/** A day as the headings write it: with the year only where it is another. */
function dayWords(iso, hasYear = Number(iso.slice(0, 4)) !== new Date().getFullYear()) {
  const [year, month, day] = iso.split("-").map(Number);
  if (isChinese) return `${hasYear ? `${year}年` : ""}${month}月${day}日`;
  return `${day} ${monthName.format(new Date(iso))}${hasYear ? ` ${year}` : ""}`;
}

/** Two days: the month once where it is the same, the year once too. */
function daysWords(from, to) {
  const isOneYear = from.slice(0, 4) === to.slice(0, 4);
  const isOneMonth = from.slice(0, 7) === to.slice(0, 7);
  if (isChinese) return `${dayWords(from)} – ${isOneMonth ? `${Number(to.slice(8))}日` : dayWords(to, !isOneYear)}`;
  const begin = isOneMonth ? Number(from.slice(8)) : isOneYear ? dayWords(from, false) : dayWords(from);
  return `${begin} – ${dayWords(to)}`;
}

/** A stay; of one day and of days that make none, what is known. */
function stayWords(from, to, { night, nights }) {
  if (from === to) return dayWords(from);
  if (!from) return `… – ${dayWords(to)}`;
  if (!to || to < from) return `${dayWords(from)} – …`;
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY);
  return `${daysWords(from, to)} · ${count === 1 ? night : nights.replace("2", count)}`;
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
