// Menus, dialogs and the side panel. Menus are <details>, so they open without this file too.
export function menu(element) {
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    for (const other of document.querySelectorAll("details.drop[open], details.tip[open]")) {
      if (other !== element && !other.contains(element)) other.open = false;
    }
    keepInside(element.querySelector(".drop-body, .tip-body"));
  });
}

// A menu near the edge is pushed back into the window.
function keepInside(body) {
  if (!body) return;
  if (body.style.translate) body.style.removeProperty("translate");
  const box = body.getBoundingClientRect();
  const over = Math.max(0, box.right - (document.documentElement.clientWidth - 8));
  const under = Math.max(0, 8 - box.left);
  if (over || under) body.style.translate = `${under - over}px 0`;
}

export function dialog(element) {
  element.addEventListener("click", (event) => {
    if (event.target === element) element.close();
  });
}

export function sidePanel(element) {
  dialog(element);
  const body = element.querySelector("#side-panel-body");
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-panel-link]");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    event.preventDefault();
    element.querySelector("[data-whole-page]").href = link.href;
    body.replaceChildren();
    if (!element.open) element.showModal();
    await window.htmx.ajax("GET", link.href, { target: body, swap: "innerHTML", select: link.dataset.panelSelect, source: body });
  });
}

export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) {
      const owner = closer.closest("dialog, .toast");
      if (owner?.tagName === "DIALOG") owner.close();
      else owner?.remove();
    }
    for (const open of document.querySelectorAll("details.drop[open], details.tip[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.drop[open], details.tip[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}
