// Writing a message: Enter sends where there is a keyboard, never in the middle of composing Chinese.
export function composer(form) {
  const text = form.querySelector("textarea");
  if (!text) return;
  const hasKeyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || !hasKeyboard) return;
    event.preventDefault();
    if (text.value.trim()) form.requestSubmit();
  });
}

// On phones the room is as high as what the keyboard leaves free.
export function keyboard(room) {
  const view = window.visualViewport;
  const log = room.querySelector(".room-log");
  if (log) log.scrollTop = log.scrollHeight;
  if (!view) return;
  const root = document.documentElement;
  view.addEventListener("resize", () => {
    const open = window.innerHeight - view.height > 120;
    root.toggleAttribute("data-keyboard", open);
    root.style.setProperty("--visible-height", `${Math.round(view.height)}px`);
    if (open && log) log.scrollTop = log.scrollHeight;
  });
}
