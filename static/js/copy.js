// Copies what stands in an input, and says so on the button.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const input = document.getElementById(button.dataset.copy);
  input.select();
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {   // no permission, or no TLS
    document.execCommand("copy");
  }
  button.querySelector("span").textContent = button.dataset.done;
});
