// One live connection per tab: asks for a ticket, opens the gateway, follows topics, comes back after every fault.
// Pages work without it. Snapshots of topics become `hearth:live` events; rooms hand their frames to a listener.
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const SILENCE = 60_000;

const followed = new Map(); // topic → { after, hear }
const watchers = new Set();
const ticketUrl = document.body.dataset.liveUrl || "";
let socket = null;
let ready = false;
let pause = FIRST_PAUSE;
let timer = 0;
let lastHeard = 0;
let refusedTickets = 0;
let stopped = !ticketUrl;
let opening = false;

export let me = null;

// Follow a topic. `hear(frame)` gets every frame of it; `after()` gives the number to resume from (rooms alone).
export function follow(topic, hear = announce, after = null) {
  followed.set(topic, { hear, after });
  if (ready) subscribe(topic);
}

export function unfollow(topic) {
  if (followed.delete(topic)) send({ t: "unsub", topic });
}

// Send a frame now; false when there is no connection.
export function send(frame) {
  if (!ready || socket.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(frame));
  return true;
}

export function isOpen() {
  return ready;
}

// Hear "open", "lost", "signed-out" or "stopped".
export function watch(listener) {
  watchers.add(listener);
}

function tellState(state) {
  document.documentElement.dataset.live = state;
  for (const listener of watchers) listener(state);
}

function subscribe(topic) {
  const after = followed.get(topic)?.after?.();
  send(after === undefined || after === null ? { t: "sub", topic } : { t: "sub", topic, after });
}

function announce(frame) {
  if (frame.t !== "snap") return;
  const { topic, data } = frame;
  const detail = topic.startsWith("inbox") ? { topic, kind: "badges", data: badges(data) } : { topic, kind: "snap", data };
  document.dispatchEvent(new CustomEvent("hearth:live", { detail }));
}

function badges(data) {
  return Object.fromEntries(Object.entries({ inbox: data?.unread, ...data?.badges }).filter(([, count]) => Number.isFinite(count)));
}

async function open() {
  if (stopped || opening || socket) return;
  opening = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(ticketUrl, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) return stop("signed-out");
    if (!answer.ok) throw new Error(String(answer.status));
    const { ticket, url } = await answer.json();
    connect(`${url}?ticket=${encodeURIComponent(ticket)}`);
  } catch {
    comeBack();
  } finally {
    opening = false;
  }
}

function connect(url) {
  const mine = new WebSocket(url);
  socket = mine;
  mine.addEventListener("message", (event) => {
    lastHeard = Date.now();
    const frame = JSON.parse(event.data);
    if (frame.t === "ready") return begin(frame);
    (followed.get(topicOf(frame)) ?? followed.get(topicOf(frame).split(":")[0]))?.hear(frame);
  });
  mine.addEventListener("close", (event) => {
    if (socket !== mine) return;
    const was = ready;
    socket = null;
    ready = false;
    if (was) tellState("lost");
    if (event.code === 4429) return stop("stopped");
    if (event.code === 4401 && ++refusedTickets > 1) return stop("signed-out");
    if (event.code === 1008) pause = Math.max(pause, LONGEST_PAUSE);
    comeBack();
  });
}

function topicOf(frame) {
  return frame.topic ?? (frame.room === undefined ? "" : `room:${frame.room}`);
}

function begin(frame) {
  ready = true;
  me = frame.me ?? null;
  pause = FIRST_PAUSE;
  refusedTickets = 0;
  for (const topic of followed.keys()) subscribe(topic);
  tellState("open");
}

function comeBack() {
  clearTimeout(timer);
  if (stopped) return;
  timer = setTimeout(open, pause * (0.5 + Math.random()));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function stop(state) {
  stopped = true;
  clearTimeout(timer);
  tellState(state);
}

function wakeUp() {
  if (stopped || document.hidden || !navigator.onLine) return;
  if (!socket) {
    pause = FIRST_PAUSE;
    open();
  } else if (ready && Date.now() - lastHeard > SILENCE) {
    send({ t: "ping" });
    const asked = Date.now();
    setTimeout(() => lastHeard < asked && socket?.close(), 5_000);
  }
}

// Elements that name a topic (progress of long work, counters) are followed as they are.
function followMarked() {
  for (const element of document.querySelectorAll("[data-live-topic], [data-topic]")) {
    const topic = element.dataset.liveTopic || element.dataset.topic;
    if (topic && !followed.has(topic)) follow(topic);
  }
}

if (!stopped) {
  follow("inbox");
  followMarked();
  document.addEventListener("htmx:load", followMarked);
  document.addEventListener("visibilitychange", wakeUp);
  window.addEventListener("online", wakeUp);
  window.addEventListener("pageshow", (event) => event.persisted && wakeUp());
  window.addEventListener("pagehide", () => socket?.close(1000));
  setInterval(wakeUp, 15_000);
  open();
}
