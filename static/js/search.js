// The search form: says the chosen dates, keeps empty fields out of the address, and puts the eye where results changed.
const lang = document.documentElement.lang;
const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { month: "short", day: "numeric", timeZone: "UTC" });
const say = (iso) => words.format(new Date(iso));

document.addEventListener("formdata", ({ target, formData }) => {
  if (target.id !== "search") return;
  for (const [name, value] of [...formData]) if (!value) formData.delete(name);
});

document.addEventListener("change", ({ target }) => {
  if (!["sd", "ed"].includes(target.name) || target.form?.id !== "search") return;
  const { sd, ed } = target.form.elements;
  const label = document.getElementById("when-value");
  label.dataset.empty ??= label.textContent;
  label.textContent = [sd.value, ed.value].filter(Boolean).map(say).join(" – ") || label.dataset.empty;
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id === "results" && document.activeElement === document.body) document.getElementById("count")?.focus();
});
