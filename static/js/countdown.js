// Ticks a deadline that the page already says in words, and loads the page anew when it has come.
const two = (n) => String(n).padStart(2, "0");
const written = (left) => {
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
};

for (const clock of document.querySelectorAll(".countdown[data-seconds]")) {
  const end = Date.now() + clock.dataset.seconds * 1000;
  const text = clock.querySelector("span");
  const ring = clock.querySelector(".countdown__left");
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    text.textContent = written(left);
    ring.setAttribute("stroke-dasharray", `${Math.min(100, (left / clock.dataset.total) * 100)} 100`);
    if (left < 3600) clock.classList.remove("countdown--long");
    if (!left) return location.reload();
    setTimeout(tick, 1000);
  };
  tick();
}
