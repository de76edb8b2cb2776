// Long work: asks its address, or listens to its live topic, and shows {"done", "total", "note", "state", "url"}.
// When it is done, a page that waits goes where the work came out; a page that is read meanwhile stays and offers a link.
import { say } from "./words.js";

const EVERY = 1500;
const ENDED = ["done", "failed", "cancelled"];

export function progress(box) {
  const bar = box.querySelector("progress");
  const note = box.querySelector("[data-note]");
  const result = box.querySelector("[data-result]");
  let over = false;

  function show(told) {
    if (told.total) bar.max = told.total;
    if (told.done !== undefined && told.done !== null) bar.value = told.done;
    if (told.note !== undefined) note.textContent = told.note;
    over = ENDED.includes(told.state);
    bar.classList.toggle("done", told.state === "done");
    if (over) box.querySelector("form")?.remove();
    if (told.state !== "done") return;
    if (result) result.hidden = false;
    else if (told.url) location.assign(told.url);
  }

  async function ask() {
    if (!box.isConnected || over) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
        if (answer.ok) show(await answer.json());
      } catch {
        note.textContent = say("offline");
      }
    }
    if (!over) setTimeout(ask, EVERY);
  }

  if (box.dataset.poll) ask();
  if (box.dataset.topic) {
    document.addEventListener("hearth:live", (event) => {
      if (!box.isConnected || over || event.detail?.topic !== box.dataset.topic) return;
      const told = event.detail.data ?? event.detail;
      // The topic says that it is over; the address says how, in the reader's words, and where to go.
      if (box.dataset.poll && ENDED.includes(told.state)) ask();
      else show(told);
    });
  }
}
