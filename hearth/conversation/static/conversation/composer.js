// Writing: sends at once and shows it as pending, keeps what was not sent, calls people by name, takes pictures in.
import { tell } from "../ui/behaviours/toasts.js";
import { isOpen, send } from "./live.js";
import { build, join, myId, newId, say } from "./message.js";
import { startCalling } from "./calling.js";
import { startFiles } from "./files.js";

const WAIT = 8000; // for an acknowledgement, before the same message goes by HTTP
const UNDO = 8000;
const card = JSON.parse(document.getElementById("room-me")?.textContent || "null");

export function startComposer({ room, view, post, hint, isBehind }) {
  const form = room.querySelector("form.composer");
  if (!form) return null;
  const { find, log, toEnd } = view;
  const thread = Number(room.dataset.onlyThread) || null; // what everything here answers, unless it answers one of it
  const text = form.elements.text;
  const above = form.querySelector("[data-above]");
  const alarm = form.querySelector("[data-refusal]");
  const outbox = `hearth:outbox:${room.dataset.room}:${myId}${thread ? `:${thread}` : ""}`;
  const pending = new Map(); // client id → { cid, text, re, files, node, timer }
  const files = startFiles(form, room, (problem) => complain(problem));
  let editing = null;
  let hinted = 0;

  const enter = form.querySelector("[data-enter-sends]");
  const keyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
  enter.closest("label").hidden = !keyboard;
  enter.checked = keyboard && localStorage.getItem("hearth:enter-sends") !== "0";
  enter.addEventListener("change", () => localStorage.setItem("hearth:enter-sends", enter.checked ? "1" : "0"));
  const calling = startCalling(form, text, room);

  function complain(words) {
    alarm.textContent = words ?? "";
    alarm.hidden = !words;
  }

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  }

  text.addEventListener("input", () => {
    grow();
    complain();
    if (text.value && Date.now() - hinted > 2000) {
      hinted = Date.now();
      hint();
    }
  });

  text.addEventListener("keydown", (event) => {
    if (calling.key(event)) return;
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      const sends = event.ctrlKey || event.metaKey || (enter.checked && !event.shiftKey);
      if (sends) {
        event.preventDefault();
        form.requestSubmit();
      }
    } else if (event.key === "Escape" && !above.hidden) {
      event.preventDefault();
      if (editing) leaveEdit();
      else aim(null);
    }
    else if (event.key === "ArrowUp" && !text.value) {
      const mine = [...log.querySelectorAll(".msg-own[data-acts~=\"edit\"]")].at(-1);
      if (mine) {
        event.preventDefault();
        edit({ href: `${room.dataset.base}messages/${mine.dataset.id}/words/`, dataset: { edit: mine.dataset.id } });
      }
    }
  });

  // --- what the message is about ---

  function aim(article) {
    editing = null;
    form.elements.reply_to.value = article?.dataset.id ?? "";
    above.hidden = !article;
    if (!article) return;
    const name = [...log.querySelectorAll(".msg")].find((each) => each === article)?.querySelector(".author")?.textContent ?? "";
    above.querySelector("[data-above-title]").textContent = say("answering", { name });
    above.querySelector("[data-above-text]").textContent = article.querySelector(".msg-body")?.textContent.trim().slice(0, 80) ?? "";
    text.focus();
  }

  async function edit(link) {
    try {
      const answer = await fetch(link.href, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("");
      const told = await answer.json();
      aim(null);
      editing = { url: link.href, kept: text.value, id: link.dataset.edit };
      text.value = told.text;
      above.hidden = false;
      above.querySelector("[data-above-title]").textContent = say("editing");
      above.querySelector("[data-above-text]").textContent = "";
      grow();
      text.focus();
    } catch {
      location.assign(link.href);
    }
  }

  function leaveEdit() {
    if (!editing) return;
    text.value = editing.kept;
    editing = null;
    aim(null);
    grow();
  }

  room.addEventListener("click", (event) => {
    const reply = event.target.closest("[data-reply]");
    const change = event.target.closest("[data-edit]");
    const shut = event.target.closest("[data-above-close]");
    if (!reply && !change && !shut) return;
    event.preventDefault();
    (reply ?? change)?.closest("details")?.removeAttribute("open");
    if (reply) aim(find(reply.dataset.reply));
    else if (change) edit(change);
    else if (editing) leaveEdit();
    else aim(null);
  });

  // --- sending ---

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (editing) return change(words);
    const uploaded = await files.settled();
    if (!words && !uploaded.length) return;
    const letter = {
      cid: form.elements.client_id.value || newId(), text: words,
      re: Number(form.elements.reply_to.value) || thread, files: uploaded.map((file) => file.id),
    };
    form.elements.client_id.value = newId();
    text.value = "";
    grow();
    files.clear();
    aim(null);
    complain();
    form.dispatchEvent(new Event("hearth:sent"));
    show(letter, uploaded);
    keepOutbox();
    dispatch(letter);
    text.focus();
  });

  async function change(words) {
    const { url } = editing;
    try {
      await post(url, { text: words });
      leaveEdit();
      form.dispatchEvent(new Event("hearth:sent"));
    } catch (problem) {
      complain(problem.message);
    }
  }

  function show(letter, uploaded = []) {
    const frame = {
      id: `p-${letter.cid}`, n: 0, at: Date.now(), by: { ...card, id: myId }, html: "", state: "visible",
      files: [],
    };
    if (letter.re && find(letter.re)) {
      const target = find(letter.re);
      frame.re = { id: letter.re, by: Number(target.dataset.by), name: target.querySelector(".author")?.textContent, text: target.querySelector(".msg-body")?.textContent.trim().slice(0, 90) };
    }
    const node = view.own(build(frame));
    node.classList.add("msg-pending");
    node.querySelector(".msg-tools")?.remove();
    const body = node.querySelector(".msg-body");
    body.textContent = letter.text || uploaded.map((file) => file.name).join(", ");
    const note = document.createElement("p");
    note.className = "msg-state";
    note.setAttribute("role", "status");
    note.textContent = say("sending");
    node.append(note);
    const previous = [...log.querySelectorAll(".msg")].at(-1) ?? null;
    const day = join(node, previous);
    if (day) log.append(day);
    log.append(node);
    letter.node = node;
    pending.set(letter.cid, letter);
    toEnd();
  }

  function dispatch(letter) {
    clearTimeout(letter.timer);
    const frame = { t: "post", room: Number(room.dataset.room), cid: letter.cid, text: letter.text };
    if (letter.re) frame.re = letter.re;
    if (letter.files.length) frame.files = letter.files;
    if (isOpen() && send(frame)) letter.timer = setTimeout(() => byHttp(letter), WAIT);
    else byHttp(letter);
  }

  async function byHttp(letter) {
    if (!pending.has(letter.cid)) return;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify({ text: letter.text, client_id: letter.cid, reply_to: letter.re, attachments: letter.files }),
      });
      const told = await answer.json();
      if (answer.ok) acknowledged({ cid: letter.cid, id: told.id, n: told.n });
      else refused({ cid: letter.cid, text: told.error?.text, retry_after: Number(answer.headers.get("Retry-After")) || 0 });
    } catch {
      state(letter, say("waiting"));
      letter.timer = setTimeout(() => byHttp(letter), 5000);
    }
  }

  function state(letter, words, failed = false) {
    letter.node.classList.toggle("msg-failed", failed);
    letter.node.querySelector(".msg-state").textContent = words;
  }

  function acknowledged({ cid, id }) {
    const letter = pending.get(cid);
    if (!letter) return;
    clearTimeout(letter.timer);
    letter.id = id;
    if (isBehind()) {
      pending.delete(cid);
      keepOutbox();
      location.assign(`${room.dataset.roomUrl}?at=${id}`); // the page shows older talk: go where it was said
    } else if (find(id)) done(letter);
    else {
      letter.node.id = `m-${id}`;
      view.own(letter.node);
      letter.node.classList.remove("msg-pending");
      letter.node.dataset.id = id;
      letter.node.dataset.early = "";
      pending.delete(cid);
      keepOutbox();
      if (!isOpen()) location.reload();
      else undoable(letter.node, letter);
      letter.node.querySelector(".msg-state")?.remove();
    }
  }

  function done(letter) {
    pending.delete(letter.cid);
    letter.node.remove();
    keepOutbox();
    if (letter.id) undoable(find(letter.id), letter);
  }

  // The entry of an own message arrived: the pending one that it is goes.
  function take(m) {
    if (m.by.id !== myId) return null;
    const words = textOf(m.html);
    for (const letter of pending.values()) {
      if (letter.id !== m.id && squeezed(letter.text) !== words) continue;
      clearTimeout(letter.timer);
      pending.delete(letter.cid);
      keepOutbox();
      setTimeout(() => undoable(find(m.id), letter));
      return letter.node;
    }
    return null;
  }

  function undoable(article, letter) {
    if (!article || article.querySelector(".msg-undo")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "msg-undo";
    button.textContent = say("undo");
    button.addEventListener("click", async () => {
      button.remove();
      try {
        await post(`${room.dataset.base}messages/${article.dataset.id}/removal/`, {});
        if (!text.value) text.value = letter.text;
        grow();
        tell(say("undone"));
      } catch (problem) {
        tell(problem.message, { error: true });
      }
    });
    article.append(button);
    setTimeout(() => button.remove(), UNDO);
  }

  function refused({ cid, code, text: why, retry_after: pause }) {
    const letter = pending.get(cid);
    if (!letter) return;
    clearTimeout(letter.timer);
    if (code === "not_found") return byHttp(letter); // the connection has no seat in the room, yet or any more: ask the house
    state(letter, say("failed", { why: why ?? "" }), true);
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-sm";
    again.textContent = say("retry");
    again.addEventListener("click", () => {
      state(letter, say("sending"));
      dispatch(letter);
    });
    letter.node.querySelector(".msg-state").append(" ", again);
    if (pause) again.disabled = Boolean(setTimeout(() => { again.disabled = false; }, pause * 1000));
  }

  // --- what is not sent yet outlives the page ---

  function keepOutbox() {
    const letters = [...pending.values()].map(({ cid, text: words, re, files: ids }) => ({ cid, text: words, re, files: ids, at: Date.now() }));
    if (letters.length) localStorage.setItem(outbox, JSON.stringify(letters));
    else localStorage.removeItem(outbox);
  }

  function resend() {
    for (const letter of pending.values()) if (!letter.node.classList.contains("msg-failed")) dispatch(letter);
  }

  try {
    for (const letter of JSON.parse(localStorage.getItem(outbox) ?? "[]")) {
      show(letter);
      letter.timer = setTimeout(() => dispatch(letter), 1500);
    }
  } catch {
    localStorage.removeItem(outbox);
  }
  if (thread) aim(null);
  grow();
  return { acknowledged, refused, take, resend };
}

const squeezed = (words) => words.replace(/@\[([^\]]*)\]\(m:\d+\)/g, "@$1").replace(/[*_~`#>\s-]+/g, "");
function textOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html ?? "";
  return squeezed(holder.content.textContent);
}
