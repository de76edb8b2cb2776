// Times in the reader's own zone: relative, with the exact moment on hover.
const locale = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const brief = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayOnly = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
const dayAndYear = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" });
const steps = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

function worded(moment, now) {
  const seconds = Math.round((moment - now) / 1000);
  const far = Math.abs(seconds);
  if (far < 60) return relative.format(0, "second");
  if (far >= 7 * 86_400) return (moment.getFullYear() === now.getFullYear() ? dayOnly : dayAndYear).format(moment);
  const [unit, size] = steps.find(([, length]) => far >= length);
  const count = Math.trunc(seconds / size);
  return unit === "minute" ? brief.format(count, unit).replace(".", "") : relative.format(count, unit);
}

const looks = { exact: (moment) => exact.format(moment), clock: (moment) => clock.format(moment) };

export function keepTimes(root) {
  const now = new Date();
  const marked = root.querySelectorAll("time[data-when]");
  for (const element of marked) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = exact.format(moment);
    const look = looks[element.dataset.when] ?? worded;
    element.textContent = look(moment, now);
  }
}

// The server writes exact times too (exports, mails): it learns the zone from a cookie.
export function rememberZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`hearth_zone=${zone}`)) {
    document.cookie = `hearth_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }
}
