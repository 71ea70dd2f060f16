// Keys for whoever has forty cases before lunch: a letter follows the link or button that shows it, a digit chooses a
// reason. They can be switched off (they would get in the way of speech input), and never act while somebody types.
const KEPT = "ihome-keys";
const toggle = document.querySelector("#keys");

const isOn = () => localStorage.getItem(KEPT) !== "off";
if (toggle) {
  toggle.checked = isOn();
  toggle.addEventListener("change", () => localStorage.setItem(KEPT, toggle.checked ? "on" : "off"));
}

const isTyping = (target) => target.closest("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !isOn() || isTyping(event.target)) return;
  const radio = document.querySelectorAll("input[name=chosen]")[Number(event.key) - 1];
  const pressed = radio ?? document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
  if (radio) radio.focus();
});
