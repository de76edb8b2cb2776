// A room that lives: entries arrive in order and without gaps, history loads while one scrolls, acts answer at once.
import { tell } from "../ui/behaviours/toasts.js";
import { follow, isOpen, send, watch } from "./live.js";
import { actsOf, isBlocked, myId, newId, ownMarks, reactions, say, setOwnMark } from "./message.js";
import { startComposer } from "./composer.js";
import { startThread } from "./thread.js";
import { parsed, ready, startView } from "./view.js";

const room = document.getElementById("room");
const log = document.getElementById("room-log");
const act = document.getElementById("act");
const pill = room.querySelector("[data-jump-end]");
const pillText = pill.querySelector("[data-jump-text]");
const state = room.querySelector("[data-state]");
const roomId = Number(room.dataset.room);
const onlyThread = Number(room.dataset.onlyThread || 0);
const title = document.title;

let last = Number(room.dataset.last);
let marked = last;
let behind = "behind" in room.dataset; // the page does not show the newest messages
let unread = 0;
let markTimer = 0;
let typists = new Map();

const view = startView({ log, room, thread: onlyThread, composer: () => composer, behind: () => behind, missed: count });
const aside = onlyThread ? null : startThread({ room, main: view, post, hint });
const views = () => [view, aside?.view()].filter(Boolean);
const viewOf = (node) => views().find((each) => each.holds(node)) ?? view;
const everywhere = (ids, within = 0) => Promise.all(views().map((each) => each.renew(ids, within)));

// --- what arrives ---------------------------------------------------------------------------------------------------

const hearing = {
  entry(frame) {
    last = Math.max(last, frame.n);
    for (const each of views()) each.apply(frame);
    seen();
  },
  open(frame) { if (last > frame.n) last = frame.n; },
  history(frame) { last = Math.max(last, frame.n); },
  refetch() { location.reload(); }, // drafts are kept on the device
  typing(frame) { showTyping(frame.who ?? []); },
  presence(frame) {
    const place = room.querySelector("[data-online]");
    if (place) place.textContent = frame.count > 1 ? ` · ${say("online", { n: frame.count })}` : "";
  },
  seen(frame) { if (frame.n >= last) settle(); },
  gone() { close(); },
  ack(frame) { for (const each of views()) each.composer()?.acknowledged(frame); },
  refused(frame) { for (const each of views()) each.composer()?.refused(frame); },
};

function count(m, fresh = null) {
  if (m.by.id === myId || isBlocked(m.by.id)) return;
  unread += 1;
  if (fresh && !log.querySelector("[data-unread-line]")) {
    const line = document.createElement("div");
    line.className = "room-new";
    line.dataset.unreadLine = "";
    line.textContent = say("new_one").replace(/^1\s*/, "");
    fresh.before(line);
  }
  showUnread();
}

function close() {
  aside?.shut();
  state.hidden = false;
  state.className = "room-state room-gone";
  const back = document.createElement("a");
  back.className = "btn btn-sm";
  back.href = room.querySelector(".room-head a")?.href ?? "/";
  back.textContent = say("leave");
  state.replaceChildren(say("gone"), " ", back);
  log.replaceChildren();
  room.querySelector(".composer")?.remove();
  pill.hidden = true;
}

function hint() {
  send({ t: "typing", room: roomId });
}

// --- unread ---------------------------------------------------------------------------------------------------------

function showUnread() {
  pill.hidden = !(behind || unread || !view.atEnd());
  pill.classList.toggle("room-jump-new", unread > 0);
  if (unread) pillText.textContent = say(unread === 1 ? "new_one" : "new_many", { n: unread > 99 ? "99+" : unread });
  else if (pill.dataset.calm) pillText.textContent = pill.dataset.calm;
  document.title = unread ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
}

function settle() {
  unread = 0;
  showUnread();
}

function seen() {
  if (document.hidden || !view.atEnd() || behind) return;
  settle();
  clearTimeout(markTimer);
  markTimer = setTimeout(() => {
    if (last <= marked || document.hidden) return;
    marked = last;
    if (send({ t: "seen", room: roomId, n: last })) return;
    post(room.dataset.markUrl, { number: last }).catch(() => {});
  }, 800);
}

function showTyping(who) {
  const until = Date.now() + 4000;
  for (const person of who) if (person.id !== myId && !isBlocked(person.id)) typists.set(person.id, { name: person.name, until });
  drawTyping();
}

function drawTyping() {
  const place = room.querySelector("[data-typing]");
  if (!place) return;
  for (const [id, { until }] of typists) if (until < Date.now()) typists.delete(id);
  const names = [...typists.values()].map(({ name }) => name);
  place.textContent = !names.length ? "" : names.length < 3 ? say("typing_one", { name: names.join(", ") }) : say("typing_many", { n: names.length });
  if (names.length) setTimeout(drawTyping, 1000);
}

// --- history --------------------------------------------------------------------------------------------------------

const watching = new IntersectionObserver((shown) => {
  for (const { isIntersecting, target } of shown) if (isIntersecting) more(target);
}, { root: log, rootMargin: "600px 0px" });

async function more(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "1";
  const older = link.dataset.more === "older";
  const edge = older ? view.messages()[0] : [...view.messages()].at(-1);
  if (!edge) return;
  try {
    const answer = await fetch(`${room.dataset.partUrl}?${link.dataset.more}=${edge.dataset.id}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = parsed(await answer.text());
    for (const message of part.querySelectorAll(".msg")) if (view.find(message.dataset.id)) message.remove();
    const fresh = [...part.querySelectorAll(".msg")];
    const height = log.scrollHeight;
    const top = log.scrollTop;
    if (older) link.after(part);
    else link.before(part);
    oneLinePerDay();
    if (older) log.scrollTop = top + log.scrollHeight - height;
    for (const message of fresh) ready(message);
    if (answer.headers.get(older ? "X-Has-Older" : "X-Has-Newer") !== "1") ended(link, older);
    else again(link);
  } catch {
    setTimeout(() => again(link), 3000);
  }
}

function again(link) {
  delete link.dataset.busy;
  watching.unobserve(link);
  watching.observe(link);
}

function ended(link, older) {
  watching.unobserve(link);
  link.remove();
  if (older) return;
  behind = false;
  unread = 0;
  follow(`room:${roomId}`, hear, () => last); // what came meanwhile is in the log
  seen();
  showUnread();
}

function oneLinePerDay() {
  let day = null;
  for (const line of log.querySelectorAll("[data-day]")) {
    if (line.textContent === day) line.remove();
    else day = line.textContent;
  }
}

// --- acts -----------------------------------------------------------------------------------------------------------

export async function post(url, fields) {
  const form = new FormData();
  form.set("csrfmiddlewaretoken", act.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  const answer = await fetch(url, { method: "POST", body: form, headers: { Accept: "application/json", "Idempotency-Key": newId() } });
  if (answer.status === 204) return null;
  const told = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(told?.error?.text ?? say("did_not_work"));
  return told;
}

const optimistic = {
  bookmark: (article, value) => {
    const [from, to] = value === "1" ? ["bookmark", "unbookmark"] : ["unbookmark", "bookmark"];
    article.dataset.acts = article.dataset.acts.split(" ").map((act) => (act === from ? to : act)).join(" ");
  },
  reactions: (article, value) => {
    const counts = {};
    for (const mark of article.querySelectorAll(".reaction")) counts[mark.value.slice(1)] = Number(mark.textContent.match(/\d+/)?.[0] ?? 0);
    const emoji = value.slice(1);
    const on = value[0] === "1";
    if (on === ownMarks(article).has(emoji)) return;
    setOwnMark(article, emoji, on);
    counts[emoji] = (counts[emoji] ?? 0) + (on ? 1 : -1);
    if (!counts[emoji]) delete counts[emoji];
    reactions(article, counts);
  },
};

async function perform(button) {
  const article = button.closest(".msg");
  const url = button.getAttribute("formaction");
  const what = url.match(/messages\/\d+\/([\w-]+)\//)?.[1];
  shutMenu();
  for (const each of views()) if (each.find(article.dataset.id)) optimistic[what]?.(each.find(article.dataset.id), button.value);
  try {
    const told = await post(url, button.name ? { [button.name]: button.value } : {});
    if (what === "block") return location.reload(); // everything of theirs folds or unfolds
    if (told?.undo) {
      tell(say("done"), { action: { label: say("undo"), run: () => post(told.undo, {}).then(() => everywhere([article.dataset.id])) } });
    }
    if (!isOpen() || what === "restoration") await everywhere([article.dataset.id]);
  } catch (problem) {
    tell(problem.message, { error: true });
    everywhere([article.dataset.id]);
  }
}

let menu = null;

function shutMenu(back = false) {
  if (!menu) return;
  const opener = menu.opener;
  menu.remove();
  menu = null;
  opener.removeAttribute("aria-expanded");
  if (back) opener.focus();
}

function openMenu(opener) {
  const same = menu?.opener === opener;
  shutMenu();
  if (same) return;
  menu = actsOf(opener.closest(".msg"), opener.dataset.open === "react" ? "react" : "");
  menu.opener = opener;
  opener.setAttribute("aria-expanded", "true");
  opener.parentElement.append(menu);
  const up = menu.getBoundingClientRect().bottom > opener.closest(".room-log").getBoundingClientRect().bottom;
  menu.classList.toggle("msg-menu-up", up);
  menu.querySelector("a, button")?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menu) {
    event.stopPropagation();
    shutMenu(true);
  } else if (menu && ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"].includes(event.key) && menu.contains(event.target)) {
    const items = [...menu.querySelectorAll("a, button")];
    const step = ["ArrowDown", "ArrowRight"].includes(event.key) ? 1 : -1;
    event.preventDefault();
    items[(items.indexOf(event.target) + step + items.length) % items.length].focus();
  }
}, true);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener?.closest(".msg")) {
    event.preventDefault();
    return openMenu(opener);
  }
  if (menu && !menu.contains(event.target)) shutMenu();
  if (event.target.closest(".msg-menu [data-edit]")) setTimeout(shutMenu);
  const button = event.target.closest('button[form="act"]');
  if (button) {
    event.preventDefault();
    return perform(button);
  }
  const link = event.target.closest("[data-jump]");
  const there = link && (viewOf(link).find(link.dataset.jump) ?? view.find(link.dataset.jump));
  if (there) {
    event.preventDefault();
    link.closest("details[open]")?.removeAttribute("open");
    return goTo(there);
  }
  const copied = event.target.closest("[data-copy-link]");
  if (copied && navigator.clipboard) {
    event.preventDefault();
    shutMenu();
    navigator.clipboard.writeText(copied.href).then(() => tell(JSON.parse(document.body.dataset.words || "{}").copied ?? ""));
  }
});

function goTo(article) {
  article.scrollIntoView({ block: "center" });
  article.classList.add("msg-found");
  article.focus({ preventScroll: true });
  setTimeout(() => article.classList.remove("msg-found"), 2500);
}

pill.addEventListener("click", (event) => {
  if (behind) return;
  event.preventDefault();
  view.toEnd();
  seen();
});

log.addEventListener("scroll", () => {
  if (view.look()) seen();
  showUnread();
}, { passive: true });

document.addEventListener("visibilitychange", () => {
  view.look();
  if (!document.hidden) seen();
});

watch((now) => {
  state.hidden = now !== "lost";
  if (now === "lost") state.textContent = say("offline");
  if (now === "open") for (const each of views()) each.composer()?.resend();
});

// --- begin ----------------------------------------------------------------------------------------------------------

function hear(frame) {
  hearing[frame.t]?.(frame);
}

function land() {
  const wanted = room.dataset.at ? view.find(room.dataset.at) : document.querySelector(".msg:target");
  const line = log.querySelector("[data-unread-line]");
  if (wanted) goTo(wanted);
  else if (line) log.scrollTop += line.getBoundingClientRect().top - log.getBoundingClientRect().top - log.clientHeight / 4;
  else if (!onlyThread) view.toEnd();
  view.look();
  showUnread();
}

pill.dataset.calm = pillText.textContent;
const composer = startComposer({ room, view, post, hint, isBehind: () => behind });
land();
requestAnimationFrame(land);
for (const link of log.querySelectorAll("[data-more]")) setTimeout(() => watching.observe(link), 300);
new ResizeObserver(() => { if (view.atEnd() && !("held" in log.dataset)) view.toEnd(); }).observe(log);
follow(`room:${roomId}`, hear, () => last);
