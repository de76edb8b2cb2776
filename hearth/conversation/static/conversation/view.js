// A log of messages that lives: the room itself, or one of its threads beside it. Frames go in, articles stand there.
import { keepTimes } from "../ui/behaviours/times.js";
import { build, byId, join, myId, reactions, setOwnMark, setQuestion, setReplies } from "./message.js";

const NEAR_END = 120;

// `thread` narrows it to the answers of one message; `beside` says that the room shows the same messages on this page.
export function startView({ log, room, thread = 0, beside = false, composer, behind = () => false, missed = () => {} }) {
  let end = true;
  const find = (id) => byId(id, log);
  const messages = () => log.querySelectorAll(".msg:not(.msg-pending)");
  const toEnd = () => { log.scrollTop = log.scrollHeight; };

  function look() {
    end = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    return end;
  }

  // Every id stands once on a page: the room has it.
  function own(node) {
    if (beside) node.removeAttribute("id");
    return node;
  }

  function apply({ k, m, who, emoji }) {
    const there = find(m.id);
    if (["accept", "unaccept"].includes(k)) return renew([m.id, m.accepted].filter(Boolean), 600);
    // A question whose only answer is gone waits again.
    if (["hide", "remove", "restore"].includes(k) && find(m.thread)?.matches(".msg-question")) renew([m.thread], 600);
    if (there) {
      if (k === "react" || k === "unreact") {
        if (who === myId) setOwnMark(there, emoji, k === "react"); // here, in another tab, on another device
        return reactions(there, m.reactions);
      }
      if (k === "hide" && (m.by.id === myId || room.dataset.keeps === "1")) return renew([m.id]);
      if (k === "restore" || (there.querySelector(".msg-answer") && k === "edit")) return renew([m.id], 400);
      if (k === "post" && m.thread && "early" in there.dataset) answered(m); // acknowledged before its entry came
      return replace(there, build(m, there));
    }
    if (k !== "post") return;
    if (thread && m.thread !== thread) return;
    if (m.thread) answered(m);
    if (behind()) return missed(m);
    add(m);
  }

  function replace(there, fresh) {
    const held = there.contains(document.activeElement);
    const plain = !/msg-(question|pinned|hidden|removed)/.test(fresh.className) && !fresh.querySelector(".msg-edited-mark");
    if (plain && there.classList.contains("msg-follow")) fresh.classList.add("msg-follow");
    const undo = there.querySelector(".msg-undo");
    if (undo) fresh.append(undo);
    there.replaceWith(own(fresh));
    ready(fresh);
    if (held) fresh.focus({ preventScroll: true });
  }

  function add(m) {
    const pending = composer()?.take(m);
    const stay = end || Boolean(pending); // what was said elsewhere does not move the reader
    const previous = [...messages()].at(-1) ?? null;
    const fresh = own(build(m));
    const day = join(fresh, previous);
    log.querySelector("[data-empty]")?.remove();
    const first = log.querySelector(".msg-pending");
    for (const node of [day, fresh]) if (node) first ? first.before(node) : log.append(node);
    pending?.remove();
    ready(fresh);
    if (stay && !document.hidden) toEnd();
    if (m.by.id !== myId && (document.hidden || !stay)) missed(m, fresh);
  }

  function answered(m) {
    for (const id of new Set([m.thread, m.re?.id].filter(Boolean))) {
      const target = find(id);
      if (!target) continue;
      if (id === m.thread && !thread) setReplies(target, Number(target.dataset.replies ?? countOf(target)) + 1);
      const asked = target.querySelector(".question-open, .question-overdue");
      if (asked && Number(target.dataset.by) !== m.by.id) setQuestion(target, "answered");
    }
  }

  // Ask the server for messages as this reader may see them; a random pause keeps a full room from asking at once.
  async function renew(ids, within = 0) {
    await new Promise((go) => { setTimeout(go, Math.random() * within); });
    const answer = await fetch(`${room.dataset.partUrl}?ids=${ids.join(",")}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    for (const fresh of parsed(await answer.text()).querySelectorAll(".msg")) {
      const there = find(fresh.dataset.id);
      if (there) replace(there, fresh);
    }
  }

  for (const node of messages()) own(node);
  log.addEventListener("toggle", ({ target }) => { if (target.open) target.parentElement.scrollIntoView({ block: "nearest" }); }, true);
  log.addEventListener("scroll", look, { passive: true });
  return { apply, atEnd: () => end, composer, find, holds: (node) => log.contains(node), log, look, messages, own, renew, toEnd };
}

function countOf(target) {
  const shown = target.querySelector('[data-p="replies"] [data-f]')?.textContent.match(/\d+/);
  return shown ? Number(shown[0]) : 0;
}

export function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

export function ready(node) {
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: node } }));
  keepTimes(node);
}
