// One message: fills the same template that the server uses, from a frame that is the same for every reader.
const room = document.getElementById("room");
const template = document.getElementById("message-template");
const locale = document.documentElement.lang;
const dayNear = new Intl.DateTimeFormat(locale, { month: "long", day: "numeric" });
const dayFar = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", day: "numeric" });
const FOLLOW = 5 * 60_000;

export const words = JSON.parse(document.getElementById("room-words")?.textContent || "{}");
export const say = (key, params = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
export const myId = Number(room?.dataset.me || 0);
const hasVoice = room?.dataset.voice === "1";
const keeps = room?.dataset.keeps === "1";
const blocked = new Set(JSON.parse(document.getElementById("room-blocked")?.textContent || "[]"));
export const byId = (id, within = document) => within.querySelector(`.msg[data-id="${id}"]`);

// Frames are the same for everybody: whom this reader does not want to hear from stays with their page.
export const isBlocked = (id) => blocked.has(id);

export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function timeOf(article) {
  return new Date(article.querySelector("time")?.dateTime ?? 0);
}

function put(node, name, text) {
  const found = node.querySelector(`[data-f="${name}"]`);
  if (!found) return;
  if (text === undefined || text === "" || text === null) found.remove();
  else found.textContent = text;
}

function keepPart(node, name, wanted) {
  if (!wanted) node.querySelector(`[data-p="${name}"]`)?.remove();
}

export function questionState(m) {
  if (!m.question || (m.state && m.state !== "visible")) return "";
  if (m.accepted) return "accepted";
  if (m.answered) return "answered";
  return m.due && m.due < Date.now() ? "overdue" : "open";
}

function rights(m, before) {
  const own = m.by.id === myId;
  const may = new Set();
  if (m.state === "visible") {
    may.add(before?.dataset.acts?.split(" ").includes("unbookmark") ? "unbookmark" : "bookmark");
    if (hasVoice) may.add("react").add("reply");
    if (own && hasVoice) may.add("edit");
    if (own) may.add("remove");
    else if (myId) may.add(isBlocked(m.by.id) ? "unblock" : "block");
    if (keeps) may.add(m.pinned ? "unpin" : "pin").add("versions");
    if (keeps && !own) may.add("hide");
    if (mayAccept(m)) may.add("accept");
  } else if ((m.state === "hidden" && keeps) || (m.state === "removed" && own)) may.add("restore");
  return may;
}

function mayAccept(m) {
  const question = m.thread ? byId(m.thread) : null;
  if (!question?.classList.contains("msg-question")) return false;
  return keeps || Number(question.dataset.by) === myId;
}

// An <article> for a frame's message. `before` is the element it replaces, whose own marks are kept.
export function build(frame, before = null) {
  const m = { state: "visible", origin: "organic", reactions: {}, files: [], ...frame };
  const node = template.content.firstElementChild.cloneNode(true);
  node.id = `m-${m.id}`;
  Object.assign(node.dataset, { id: m.id, n: m.n ?? 0, by: m.by.id, thread: m.thread ?? "" });
  point(node, m.id);
  fold(node, isBlocked(m.by.id), before);
  head(node, m);
  body(node, m);
  reactions(node, m.reactions, before);
  const may = rights(m, before);
  node.dataset.acts = [...may].join(" ");
  for (const element of node.querySelectorAll("[data-may]")) if (!may.has(element.dataset.may)) element.remove();
  for (const element of node.querySelectorAll("[data-reply]")) element.dataset.reply = m.id;
  if (!may.size) node.querySelector(".msg-tools")?.remove();
  node.classList.toggle("msg-own", m.by.id === myId);
  node.classList.toggle("msg-seeded", m.origin !== "organic");
  node.classList.toggle("msg-blocked", isBlocked(m.by.id));
  node.classList.toggle("msg-pinned", Boolean(m.pinned));
  node.classList.toggle("msg-question", Boolean(m.question) && m.state === "visible");
  if (m.state !== "visible") node.classList.add(`msg-${m.state}`);
  return node;
}

// What can be done to a message, from the template: a menu for one article.
export function actsOf(article, only = "") {
  const may = new Set((article.dataset.acts ?? "").split(" "));
  const menu = document.createElement("div");
  menu.className = "drop-body msg-menu";
  menu.append(document.getElementById("acts-template").content.cloneNode(true));
  for (const element of menu.querySelectorAll("[data-may]")) {
    const act = element.dataset.may;
    if (!may.has(act) || (only ? act !== only : act === "react")) element.remove();
  }
  if (only) for (const element of menu.querySelectorAll("[data-copy-link]")) element.remove();
  point(menu, article.dataset.id);
  for (const element of menu.querySelectorAll("[data-edit]")) element.dataset.edit = article.dataset.id;
  return menu;
}

function point(node, id) {
  for (const element of node.querySelectorAll("[href], [formaction]")) {
    for (const name of ["href", "formaction"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace("/messages/0/", `/messages/${id}/`).replace("?reply=0", `?reply=${id}`));
    }
  }
}

// Folded to one line until the reader asks to see it; what is open already stays open.
function fold(node, wanted, before) {
  keepPart(node, "blocked", wanted);
  if (wanted) node.querySelector(".msg-fold").open = Boolean(before?.querySelector(":scope > .msg-fold")?.open);
}

function head(node, m) {
  const face = node.querySelector(".avatar-face");
  face.className = `avatar-face face-${m.by.colour ?? 0}${m.by.bot ? " avatar-machine" : ""}`;
  face.textContent = m.by.initials ?? "";
  put(node, "name", m.by.name);
  put(node, "detail", m.by.detail);
  put(node, "role", words.roles?.[m.role]);
  keepPart(node, "verified", m.by.verified);
  keepPart(node, "seeded", m.origin !== "organic");
  put(node, "seeded", words.origins?.[m.origin] ?? words.origins?.operator);
  keepPart(node, "edited", m.edited);
  if (!keeps && m.by.id !== myId) node.querySelector('[data-p="edited"]')?.removeAttribute("href");
  keepPart(node, "pinned", m.pinned);
  const asked = questionState(m);
  keepPart(node, "question", asked);
  if (asked) setQuestion(node, asked);
  const time = node.querySelector("time");
  time.dateTime = new Date(m.at).toISOString();
  time.textContent = say("just_now");
}

export function setQuestion(node, state) {
  const mark = node.querySelector(".msg-question-mark");
  if (!mark) return;
  mark.className = `msg-question-mark question-${state}`;
  mark.querySelector("[data-f]")?.replaceChildren(words.questions?.[state] ?? "");
}

function body(node, m) {
  const quote = node.querySelector('[data-p="re"]');
  if (m.re && m.state === "visible") {
    quote.href = `${room.dataset.base}messages/${m.re.id}/`;
    quote.dataset.jump = m.re.id;
    put(node, "re-name", isBlocked(m.re.by) ? "" : m.re.name);
    put(node, "re-text", isBlocked(m.re.by) ? say("blocked") : m.re.text);
  } else quote.remove();
  const text = node.querySelector('[data-f="html"]');
  if (m.state === "visible") text.innerHTML = m.html ?? ""; // sanitised by the server when it was posted
  else text.textContent = say(m.state);
  const files = node.querySelector('[data-p="files"]');
  if (m.files?.length && m.state === "visible") files.append(...m.files.map(fileOf));
  else files.remove();
  const answers = node.querySelector('[data-p="replies"]');
  if (m.replies && !m.thread) setReplies(node, m.replies);
  else if (answers) answers.remove();
}

export function setReplies(node, count) {
  node.dataset.replies = count;
  let mark = node.querySelector('[data-p="replies"]');
  if (!mark) {
    mark = template.content.querySelector('[data-p="replies"]').cloneNode(true);
    mark.href = `${room.dataset.base}messages/${node.dataset.id}/thread/`;
    node.querySelector("[data-reactions]").append(mark);
  }
  mark.querySelector('[data-f="replies"]').textContent = say(count === 1 ? "answers_one" : "answers_many", { n: count });
}

function fileOf(file) {
  const link = document.createElement("a");
  link.href = `${room.dataset.base}files/${file.id}/`;
  if (file.kind === "picture") {
    link.className = "msg-picture";
    link.target = "_blank";
    link.rel = "noopener";
    const picture = document.createElement("img");
    Object.assign(picture, { src: `${link.href}small/`, width: file.w, height: file.h, alt: file.name, loading: "lazy" });
    link.append(picture);
    return link;
  }
  link.className = "msg-file";
  link.download = file.name;
  for (const [css, text] of [["name", file.name], ["size", sizeOf(file.size)]]) {
    const part = document.createElement("span");
    part.className = css;
    part.textContent = text;
    link.append(part);
  }
  return link;
}

export function sizeOf(bytes) {
  const [value, unit] = bytes >= 1_048_576 ? [bytes / 1_048_576, "megabyte"] : [Math.max(1, bytes / 1024), "kilobyte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}

// A reader's own emojis stay with the message: frames are the same for everybody, and one on its way while a button was
// pressed does not know of the press yet.
export const ownMarks = (node) => new Set((node.dataset.mine ?? "").split(" ").filter(Boolean));

export function setOwnMark(node, emoji, on) {
  const mine = ownMarks(node);
  if (on) mine.add(emoji);
  else mine.delete(emoji);
  node.dataset.mine = [...mine].join(" ");
}

export function reactions(node, counts, before = null) {
  const row = node.querySelector("[data-reactions]");
  if (before?.dataset.mine) node.dataset.mine = before.dataset.mine;
  const mine = ownMarks(node);
  for (const old of row.querySelectorAll(".reaction")) old.remove();
  const fresh = Object.entries(counts ?? {}).map(([emoji, count]) => {
    const button = document.createElement("button");
    button.className = "reaction";
    button.setAttribute("form", "act");
    button.setAttribute("formaction", `${room.dataset.base}messages/${node.dataset.id}/reactions/`);
    button.name = "toggle";
    const own = mine.has(emoji);
    button.value = `${own ? 0 : 1}${emoji}`;
    button.disabled = !hasVoice;
    button.setAttribute("aria-pressed", String(own));
    button.setAttribute("aria-label", `${words.emojis?.[emoji] ?? emoji} ${count}`);
    const number = document.createElement("span");
    number.textContent = count;
    button.append(`${emoji} `, number);
    return button;
  });
  row.prepend(...fresh);
}

const dayOf = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();

export function dayWord(moment) {
  const days = Math.round((dayOf(new Date()) - dayOf(moment)) / 86_400_000);
  if (days === 0) return say("today");
  if (days === 1) return say("yesterday");
  return (moment.getFullYear() === new Date().getFullYear() ? dayNear : dayFar).format(moment);
}

// What stands between two messages: a day, or nothing; and whether the later one goes on under the same head.
export function join(article, previous) {
  const at = timeOf(article);
  const earlier = previous ? timeOf(previous) : null;
  const plain = (node) => !/msg-(question|pinned|hidden|removed|seeded|blocked)/.test(node.className);
  const follows = previous && previous.dataset.by === article.dataset.by && plain(previous) && plain(article)
    && !article.querySelector(".msg-quote, .msg-edited-mark") && at - earlier < FOLLOW && dayOf(at) === dayOf(earlier);
  article.classList.toggle("msg-follow", Boolean(follows));
  if (earlier && dayOf(at) === dayOf(earlier)) return null;
  const day = document.createElement("span");
  day.className = "room-day";
  day.dataset.day = "";
  day.textContent = dayWord(at);
  return day;
}
