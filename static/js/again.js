// Looks again after a few seconds while a page waits for somebody else's word.
const PAUSE = 3000;

if (document.getElementById("again")) {
  setTimeout(() => location.reload(), PAUSE);
}
