// Counts down how long it is until a deadline, in the words of the page's language: whole hours, then whole minutes.
const words = (unit) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" });
const hours = words("hour");
const minutes = words("minute");

function count() {
  for (const time of document.querySelectorAll("time[data-left]")) {
    const left = Math.max(0, Math.floor((new Date(time.dateTime) - Date.now()) / 60_000));
    time.textContent = left >= 60 ? hours.format(Math.floor(left / 60)) : minutes.format(left);
  }
}

setInterval(count, 15_000);
