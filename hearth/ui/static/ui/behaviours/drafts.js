// What was typed is kept on this device until it has been sent. data-draft names the form.
import { say } from "./words.js";
import { tell } from "./toasts.js";

const PREFIX = "hearth:draft:";
const SENDING = "hearth:sending:";
const FORGET_AFTER = 30 * 86_400_000;

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && (field.tagName === "TEXTAREA" || /^(text|search|url|email|number|date)$/.test(field.type)));
}

export function draft(form) {
  const key = form.dataset.draft;
  if (!key) return;
  restore(form, key);
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    save(form, key);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 250);
  });
  form.addEventListener("focusout", () => { if (timer) keep(); }); // whoever leaves at once loses nothing
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(form, key);
    sessionStorage.setItem(SENDING + key, location.href);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) forget(key);
  });
  form.addEventListener("hearth:sent", () => forget(key));
}

function save(form, key) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (field.value !== field.defaultValue) values[field.name] = field.value;
  }
  if (Object.keys(values).length) localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), values }));
  else localStorage.removeItem(PREFIX + key);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function restore(form, key) {
  const kept = read(PREFIX + key);
  if (!kept) return;
  let restored = false;
  for (const field of fieldsOf(form)) {
    const value = kept.values[field.name];
    if (value === undefined || field.value !== field.defaultValue || field.value === value) continue;
    field.value = value;
    restored = true;
  }
  if (!restored) return;
  form.dispatchEvent(new Event("hearth:restored"));
  const discard = () => {
    for (const field of fieldsOf(form)) field.value = field.defaultValue;
    forget(key);
  };
  tell(say("draft_restored"), { action: { label: say("draft_discard"), run: discard } });
}

function forget(key) {
  localStorage.removeItem(PREFIX + key);
  sessionStorage.removeItem(SENDING + key);
}

// After a form was sent and another page came, its draft goes; when the form came back with mistakes, it stays.
export function settleDrafts() {
  const type = performance.getEntriesByType("navigation")[0]?.type;
  for (const name of Object.keys(sessionStorage).filter((name) => name.startsWith(SENDING))) {
    const key = name.slice(SENDING.length);
    const form = document.querySelector(`form[data-draft="${CSS.escape(key)}"]`);
    const refused = form?.querySelector('[aria-invalid="true"], .errorlist, .form-errors');
    if (refused || (form && type === "back_forward")) sessionStorage.removeItem(name);
    else forget(key);
  }
  for (const name of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (Date.now() - (read(name)?.at ?? 0) > FORGET_AFTER) localStorage.removeItem(name);
  }
}
