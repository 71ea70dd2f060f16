// The search form: says the chosen dates as the server does, makes whole stays of them, keeps empty fields out of the
// address, and puts the eye where results changed.
const DAY = 86_400_000;
const isChinese = document.documentElement.lang.startsWith("zh");
const monthName = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
const add = (iso, days) => new Date(Date.parse(iso) + days * DAY).toISOString().slice(0, 10);

/** Two days as the headings write them: the month once where it is the same, a year only where it is another. */
function daysWords(from, to) {
  const [[y1, m1, d1], [y2, m2, d2]] = [from, to].map((iso) => iso.split("-").map(Number));
  const thisYear = new Date().getFullYear();
  const isOneMonth = from.slice(0, 7) === to.slice(0, 7);
  if (isChinese) {
    const end = isOneMonth ? `${d2}日` : `${y1 === y2 ? "" : `${y2}年`}${m2}月${d2}日`;
    return `${y1 === thisYear ? "" : `${y1}年`}${m1}月${d1}日 – ${end}`;
  }
  const begin = isOneMonth ? `${d1}` : `${d1} ${monthName.format(new Date(from))}`;
  const yearOf = (year, isSaid) => (isSaid && year !== thisYear ? ` ${year}` : "");
  return `${begin}${yearOf(y1, y1 !== y2)} – ${d2} ${monthName.format(new Date(to))}${yearOf(y2, true)}`;
}

/** A stay, or its one day and what is still to choose. */
function stayWords(from, to, { night, nights }) {
  const known = from || to;
  if (!from || !to) {
    const [day] = daysWords(known, add(known, 40)).split(" – ");
    return from ? `${day} – …` : `… – ${day}`;
  }
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
