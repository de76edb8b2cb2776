// "?" shows the sheet of shortcuts.
import { isTyping } from "./words.js";

export function shortcuts(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

export function watchShortcutKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "?" || isTyping(event) || event.metaKey || event.ctrlKey) return;
    const sheet = document.getElementById("shortcuts");
    if (!sheet || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    sheet.showModal();
  });
}
