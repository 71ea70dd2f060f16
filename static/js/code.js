// Where a code is sent: counts down until the next may be, and puts the cursor where it goes on.
const COUNTED = 120;   // seconds up to which each is said

/** Lets a code be sent again. */
function open(block) {
  const button = block.querySelector("[data-seconds]");
  delete block.dataset.wait;
  button.disabled = false;
  button.textContent = button.dataset.said;
}

/** Keeps a code from being sent for as long as the server said. */
function wait(block) {
  const button = block.querySelector("[data-seconds]");
  const until = Date.now() + block.dataset.wait * 1000;
  button.dataset.said ??= button.textContent;
  button.disabled = true;
  const tick = () => {
    if (!block.isConnected || !block.dataset.wait) return;
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) return open(block);
    const { seconds, minutes } = button.dataset;
    button.textContent = left > COUNTED ? minutes.replace("{n}", Math.ceil(left / 60)) : seconds.replace("{n}", left);
    setTimeout(tick, 1000);
  };
  tick();
}

/** Moves the cursor: to what is wrong, into the field of the code that was sent, or to the letters of another picture. */
function goOn(block) {
  const wrong = block.querySelector("[aria-invalid]");
  const next = block.dataset.wait ? "[autocomplete=one-time-code]" : "[name=image_code]";
  (wrong ?? block.querySelector(next))?.focus();
}

document.querySelectorAll("[data-wait]").forEach(wait);
document.querySelector("main [aria-invalid]")?.focus();
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt === document.body || !elt.closest("form")) return;
  if (elt.dataset.wait) wait(elt);
  goOn(elt);
});

// The wait is for one number: another may be sent a code at once.
document.addEventListener("input", ({ target }) => {
  const block = target.name === "mobile" && target.closest("[data-wait]");
  if (block) open(block);
});

// Enter presses a button that nobody sees: what happens shows on the one below.
document.addEventListener("submit", ({ target, submitter }) => {
  if (submitter?.matches("[data-enter]")) target.querySelector(".button--primary").setAttribute("aria-busy", "true");
});

for (const failed of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failed, ({ detail: { target } }) => {
    const said = target.querySelector("[data-failed]") ?? target.closest("form").querySelector("[data-failed]");
    said.hidden = false;
  });
}
