// Counts the characters of what is being written, out of as many as there may be.
for (const count of document.querySelectorAll("[data-counts]")) {
  const field = document.getElementById(count.dataset.counts);
  const tell = () => { count.textContent = `${[...field.value].length} / ${field.maxLength}`; };
  field.addEventListener("input", tell);
  tell();
}
