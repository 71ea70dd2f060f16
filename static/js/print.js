// Prints the page for whoever presses a button that says so.
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
});
