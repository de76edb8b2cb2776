// Theme, density and the width of the navigation: changed at once, kept by the server in a cookie.
const root = document.documentElement;

function show(name, value) {
  if (name === "theme" && value === "auto") delete root.dataset.theme;
  else root.dataset[name] = value;
  document.dispatchEvent(new CustomEvent("hearth:look"));
}

async function keep(url, fields) {
  const body = new URLSearchParams(fields);
  await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "behaviour" } });
}

export function preferences(form) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.name === "language") return;
    event.preventDefault();
    show(button.name, button.value);
    for (const other of document.querySelectorAll(`[data-behaviour~="preferences"] button[name="${button.name}"]`)) {
      other.setAttribute("aria-pressed", String(other.value === button.value));
    }
    const fields = new FormData(form);
    fields.set(button.name, button.value);
    keep(form.action, fields);
  });
}

export function navWidth(button) {
  button.addEventListener("click", () => {
    const value = root.dataset.nav === "narrow" ? "wide" : "narrow";
    show("nav", value);
    const form = document.querySelector('[data-behaviour~="preferences"]');
    if (!form) return;
    const fields = new FormData(form);
    fields.set("nav", value);
    keep(form.action, fields);
  });
}
