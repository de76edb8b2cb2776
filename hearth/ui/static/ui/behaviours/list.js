// The list: select rows (Shift for a range), select all that match, walk with j and k, open with Enter.
import { isTyping, say } from "./words.js";

export function list(element) {
  const bar = element.querySelector(".bulk-bar");
  if (!bar) return;
  const ticks = [...element.querySelectorAll("tbody .tick")];
  const every = element.querySelector("[data-select-all]");
  const all = bar.querySelector("[data-all]");
  const text = bar.querySelector("[data-selected]");
  let last = null;

  const whole = bar.querySelector("[data-select-matching]");

  function show() {
    const count = ticks.filter((tick) => tick.checked).length;
    if (count < ticks.length) all.value = "";
    if (every) {
      every.checked = count > 0 && count === ticks.length;
      every.indeterminate = count > 0 && count < ticks.length;
    }
    if (whole) whole.hidden = Boolean(all.value) || count < ticks.length;
    text.textContent = all.value ? say("all_selected", { n: bar.dataset.total }) : say("selected", { n: count });
  }

  element.addEventListener("click", (event) => {
    const tick = event.target.closest("tbody .tick");
    if (!tick) return;
    if (event.shiftKey && last) {
      const [from, to] = [ticks.indexOf(last), ticks.indexOf(tick)].sort((a, b) => a - b);
      for (const between of ticks.slice(from, to + 1)) between.checked = tick.checked;
    }
    last = tick;
  });
  element.addEventListener("change", (event) => {
    if (event.target === every) for (const tick of ticks) tick.checked = every.checked;
    if (event.target.matches(".tick")) show();
  });
  whole?.addEventListener("click", () => {
    for (const tick of ticks) tick.checked = true;
    all.value = "1";
    show();
  });
  show();
}

function move(rows, by) {
  const at = rows.findIndex((row) => "cursor" in row.dataset);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
  if (at >= 0) delete rows[at].dataset.cursor;
  next.dataset.cursor = "";
  next.scrollIntoView({ block: "nearest" });
}

export function watchListKeys() {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
    const frame = document.querySelector(".list");
    if (!frame) return;
    const rows = [...frame.querySelectorAll("tbody tr")];
    const current = rows.find((row) => "cursor" in row.dataset);
    if (event.key === "/") frame.querySelector("input[type=search]")?.focus();
    else if (event.key === "j" && rows.length) move(rows, 1);
    else if (event.key === "k" && rows.length) move(rows, -1);
    else if (event.key === "x" && current) current.querySelector(".tick")?.click();
    else if (event.key === "Enter" && current && !event.target.closest("a, button, summary, input")) {
      current.querySelector(".lead a")?.click();
    } else return;
    event.preventDefault();
  });
}
