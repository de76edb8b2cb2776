// Messages at the foot of the page. They leave by themselves, but not while they are looked at; an Undo counts down.
import { iconOf, say } from "./words.js";

export function toast(element) {
  const seconds = Number(element.dataset.seconds);
  element.querySelector(".toast-clock")?.style.setProperty("--undo-time", `${seconds}s`);
  if (!seconds) return;
  let left = seconds * 1000;
  const timer = setInterval(() => {
    if (!element.isConnected) return clearInterval(timer);
    if (element.matches(":hover, :focus-within") || document.hidden) return;
    left -= 250;
    if (left <= 0) {
      clearInterval(timer);
      element.remove();
    }
  }, 250);
}

export function tell(text, { error = false, action = null, seconds = 6 } = {}) {
  const element = document.createElement("div");
  element.className = error ? "toast toast-error" : "toast";
  element.dataset.seconds = String(error ? 0 : seconds);
  const body = document.createElement("span");
  body.className = "text";
  body.textContent = text;
  element.append(iconOf(error ? "circle-alert" : "info"), body);
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm undo";
    button.textContent = action.label;
    button.addEventListener("click", () => { action.run(); element.remove(); });
    element.append(button);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-sm btn-icon";
  close.dataset.close = "";
  close.setAttribute("aria-label", say("close"));
  close.append(iconOf("x"));
  element.append(close);
  document.getElementById("toasts").append(element);
  toast(element);
  return element;
}

export function toastErrors() {
  document.addEventListener("htmx:sendError", () => tell(say(navigator.onLine ? "failed" : "offline"), { error: true }));
  document.addEventListener("htmx:responseError", (event) => {
    tell(say(event.detail.xhr.status === 429 ? "slow_down" : "failed"), { error: true });
  });
}
