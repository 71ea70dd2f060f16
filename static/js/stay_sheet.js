// Where the stay is chosen in a sheet, the months stand in it while it is open, and go back to their place in the page.
const sheet = document.getElementById("stay-box");
const nights = document.getElementById("free-nights");
if (sheet && nights) {
  const place = nights.parentElement;
  const slot = sheet.querySelector("[data-slot]");
  sheet.addEventListener("beforetoggle", ({ newState }) => {
    place.style.minHeight = newState === "open" ? `${place.offsetHeight}px` : "";   // nothing jumps behind the sheet
    (newState === "open" ? slot : place).append(nights);
  });
  sheet.addEventListener("toggle", ({ newState }) => {   // what had the focus may have moved or been replaced
    if (newState === "closed" && document.activeElement === document.body) {
      document.querySelector("#stay-bar button")?.focus({ preventScroll: true });
    }
  });
  // Where there is room for the box beside the text, it is no sheet.
  matchMedia("(min-width: 980px)").addEventListener("change", ({ matches }) => {
    if (matches && sheet.matches(":popover-open")) sheet.hidePopover();
  });
}
