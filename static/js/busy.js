// A form that is on its way shows it on its button, and is not sent a second time.
addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  submitter?.setAttribute("aria-busy", "true");
});

// The browser may keep the page and show it again on the way back.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});
