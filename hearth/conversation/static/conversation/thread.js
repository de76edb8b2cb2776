// A thread beside its room, where the screen is wide: the place in the room is not lost. Elsewhere it is a page.
import { tell } from "../ui/behaviours/toasts.js";
import { say } from "./message.js";
import { startComposer } from "./composer.js";
import { parsed, ready, startView } from "./view.js";

const WIDE = matchMedia("(min-width: 1024px)");
const SHARED = ["room", "group", "base", "roomUrl", "partUrl", "peopleUrl", "uploadUrl", "keeps"];

export function startThread({ room, main, post, hint }) {
  const { log } = main;
  const panel = document.getElementById("room-thread");
  let shown = null; // { view, opener, id }

  // The room gets narrower or wider, and its lines break anew: the message in hand stays where it is.
  function keeping(article, change) {
    const top = article?.getBoundingClientRect().top;
    log.dataset.held = ""; // also where the end is near, which the room keeps in sight at any other change of its size
    requestAnimationFrame(() => requestAnimationFrame(() => { delete log.dataset.held; }));
    change();
    if (article) log.scrollTop += article.getBoundingClientRect().top - top;
    main.look();
  }

  async function open(link) {
    const id = link.closest(".msg").dataset.id;
    let html = "";
    try {
      const answer = await fetch(link.href, { headers: { "HX-Request": "true", "HX-Target": panel.id } });
      if (!answer.ok) throw new Error(String(answer.status));
      html = await answer.text();
    } catch {
      return location.assign(link.href);
    }
    const root = document.createElement("div");
    root.className = "room room-live room-beside";
    for (const name of SHARED) root.dataset[name] = room.dataset[name];
    root.append(parsed(html));
    const thread = Number(root.querySelector("[data-thread-root]").dataset.threadRoot);
    root.dataset.onlyThread = thread;
    keeping(link.closest(".msg"), () => {
      panel.replaceChildren(root);
      panel.hidden = false;
    });
    let composer = null;
    const view = startView({ log: root.querySelector(".room-log"), room: root, thread, beside: true, composer: () => composer });
    composer = startComposer({ room: root, view, post, hint, isBehind: () => false });
    ready(root);
    shown = { view, opener: link, id };
    view.toEnd();
    (root.querySelector("textarea") ?? root.querySelector("[data-thread-close]")).focus();
  }

  function shut() {
    if (!shown) return;
    const { opener, id } = shown;
    shown = null;
    if (panel.contains(document.activeElement)) document.activeElement.blur(); // its draft is kept before it goes
    const article = main.find(id);
    keeping(article, () => {
      panel.hidden = true;
      panel.replaceChildren();
    });
    (opener.isConnected ? opener : article?.querySelector(".msg-thread") ?? article)?.focus({ preventScroll: true });
  }

  log.addEventListener("click", (event) => {
    const link = event.target.closest("a.msg-thread");
    if (!link || !WIDE.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link).catch((problem) => tell(problem.message || say("did_not_work"), { error: true }));
  });
  panel.addEventListener("click", (event) => { if (event.target.closest("[data-thread-close]")) shut(); });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    shut();
  });
  return { shut, view: () => shown?.view ?? null };
}
