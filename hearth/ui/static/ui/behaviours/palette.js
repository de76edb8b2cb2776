// The command palette: Ctrl/⌘-K, type, arrows, Enter. Answers come as {"groups": [{"label", "items": [{"label", "url",
// "icon", "hint"}]}]} from the address in data-palette-url on body.
import { iconOf, say } from "./words.js";

export function palette(dialog) {
  const input = dialog.querySelector("input");
  const box = dialog.querySelector("[role=listbox]");
  let items = [];
  let at = 0;
  let timer = 0;
  let asked = 0;
  let answered = null; // the words that what is shown answers

  function point(to) {
    at = Math.max(0, Math.min(to, items.length - 1));
    for (const [n, item] of items.entries()) item.setAttribute("aria-selected", String(n === at));
    if (items[at]) {
      input.setAttribute("aria-activedescendant", items[at].id);
      items[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  function line(entry, n) {
    const item = document.createElement("a");
    item.className = "palette-item";
    item.id = `palette-${n}`;
    item.href = entry.url;
    item.tabIndex = -1;
    item.setAttribute("role", "option");
    const label = document.createElement("span");
    label.className = "truncate";
    label.textContent = entry.label;
    item.append(iconOf(entry.icon || "arrow-right"), label);
    if (entry.hint) {
      const hint = document.createElement("span");
      hint.className = "hint-text";
      hint.textContent = entry.hint;
      item.append(hint);
    }
    return item;
  }

  function draw(groups, otherwise) {
    items = [];
    box.replaceChildren();
    for (const [g, group] of groups.entries()) {
      const part = document.createElement("div");
      part.setAttribute("role", "group");
      const head = document.createElement("div");
      head.className = "palette-group";
      head.id = `palette-group-${g}`;
      head.textContent = group.label;
      part.setAttribute("aria-labelledby", head.id);
      part.append(head);
      for (const entry of group.items) {
        const item = line(entry, items.length);
        items.push(item);
        part.append(item);
      }
      box.append(part);
    }
    if (!items.length) {
      const none = document.createElement("p");
      none.className = "palette-none";
      none.textContent = say(otherwise);
      box.append(none);
    }
    point(0);
  }

  async function ask() {
    const mine = ++asked;
    const url = new URL(document.body.dataset.paletteUrl, location.href);
    const words = input.value;
    url.searchParams.set("q", words);
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (mine !== asked) return;
    draw(told?.groups ?? [], told ? "nothing_found" : "failed");
    answered = told && words;
  }

  dialog.addEventListener("hearth:open", () => {
    input.value = "";
    answered = null;
    dialog.showModal();
    input.focus();
    ask();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 120);
  });
  async function go() {
    clearTimeout(timer);
    if (answered !== input.value) await ask();
    if (answered === input.value) items[at]?.click(); // never a line found for other words
  }
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") point((at + 1) % Math.max(items.length, 1));
    else if (event.key === "ArrowUp") point(at ? at - 1 : items.length - 1);
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
}

function open() {
  const dialog = document.getElementById("palette");
  if (dialog && document.body.dataset.paletteUrl && !dialog.open) dialog.dispatchEvent(new Event("hearth:open"));
}

export function watchPaletteKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || !document.getElementById("palette")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-palette]")) open();
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of document.querySelectorAll(".palette-button kbd")) key.textContent = "⌘ K";
  }
}
