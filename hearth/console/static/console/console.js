// The console's own behaviours: progress of jobs by the live connection, and the drop zone of archives.
import { follow } from "../conversation/live.js";

for (const box of document.querySelectorAll("[data-topic^='job:']")) follow(box.dataset.topic);

for (const zone of document.querySelectorAll("[data-drop-zone]")) {
  const input = zone.querySelector("input[type=file]");
  const name = zone.querySelector("[data-file-name]");
  const show = () => {
    const file = input.files[0];
    zone.toggleAttribute("data-filled", Boolean(file));
    if (name && file) name.textContent = file.name;
  };
  const stop = (event) => {
    event.preventDefault();
    zone.toggleAttribute("data-over", event.type === "dragover");
  };
  zone.addEventListener("dragover", stop);
  zone.addEventListener("dragleave", stop);
  zone.addEventListener("drop", (event) => {
    stop(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  input.addEventListener("change", show);
  show();
}

// A large archive takes a while to arrive: the form shows how much has gone out, and follows the answer.
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (event) => {
    const bar = form.querySelector("progress");
    const input = form.querySelector("input[type=file]");
    if (!bar || !input?.files.length) return;
    event.preventDefault();
    const data = new FormData(form);
    if (event.submitter?.name) data.set(event.submitter.name, event.submitter.value);
    const sending = new XMLHttpRequest();
    bar.hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    sending.upload.addEventListener("progress", (told) => {
      if (told.lengthComputable) {
        bar.max = told.total;
        bar.value = told.loaded;
      }
    });
    sending.addEventListener("load", () => {
      if (sending.status < 400 && sending.responseURL !== location.href) location.assign(sending.responseURL);
      else {
        document.open();
        document.write(sending.responseText);
        document.close();
      }
    });
    sending.addEventListener("error", () => {
      bar.hidden = true;
      for (const button of form.querySelectorAll("button")) button.disabled = false;
      form.querySelector("[data-upload-error]")?.removeAttribute("hidden");
    });
    sending.open("POST", form.action);
    sending.send(data);
  });
}

// Rows that are links and no table (the verification desk) are walked with j and k as lists are.
document.addEventListener("keydown", (event) => {
  if (!["j", "k"].includes(event.key) || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
  const rows = [...document.querySelectorAll("a[data-list-row]")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "j" ? 1 : -1)))].focus();
});

// Work by keys on a page that says so: data-key presses a button or link, data-key-opens unfolds a list whose digits then
// choose, and u takes back what the last message offers to undo.
const shown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.key.length !== 1 || event.repeat) return;
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  const key = CSS.escape(event.key);
  const fold = document.querySelector(`[data-key-opens="${key}"]`);
  if (fold) {
    for (const other of document.querySelectorAll("[data-key-opens]")) other.open = other === fold;
    fold.querySelector("[data-key]")?.focus();
    return event.preventDefault();
  }
  const found = [...document.querySelectorAll(`[data-key="${key}"]`)].find(shown);
  const undo = event.key === "u" ? document.querySelector(".toast .undo") : null;
  (undo ?? found)?.click();
});
