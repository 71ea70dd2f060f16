// What leads back to this page, after another language or a log-in, keeps to its address as htmx changes it.
const keep = () => {
  const here = location.pathname + location.search;
  for (const way of document.querySelectorAll("[data-here]")) {
    if (way.matches("input")) way.value = here;
    else way.search = new URLSearchParams({ next: here });
  }
};
for (const changed of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) document.addEventListener(changed, keep);
