// Pictures and files: chosen, pasted or dropped; taken in while one still writes.
import { iconOf } from "../ui/behaviours/words.js";
import { newId, say, sizeOf } from "./message.js";

export function startFiles(form, room, complain) {
  const input = form.elements.files;
  const list = form.querySelector("[data-file-list]");
  const most = Number(form.dataset.maxFiles);
  let kept = []; // { name, row, promise, file }

  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
  for (const kind of ["dragover", "dragenter"]) {
    room.addEventListener(kind, (event) => {
      if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
      event.preventDefault();
      room.classList.add("room-drop");
    });
  }
  room.addEventListener("dragleave", (event) => { if (!room.contains(event.relatedTarget)) room.classList.remove("room-drop"); });
  room.addEventListener("drop", (event) => {
    room.classList.remove("room-drop");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });

  function add(files) {
    for (const file of [...files].slice(0, Math.max(0, most - kept.length))) {
      const row = document.createElement("li");
      const name = document.createElement("span");
      name.className = "truncate";
      name.textContent = say("uploading", { name: file.name || "…" });
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-ghost btn-icon btn-sm";
      drop.setAttribute("aria-label", say("remove_file", { name: file.name }));
      drop.append(iconOf("x"));
      row.append(name, drop);
      list.append(row);
      list.hidden = false;
      const item = { name, row, file: null };
      drop.addEventListener("click", () => remove(item));
      item.promise = upload(file, item);
      kept.push(item);
    }
  }

  async function upload(file, item) {
    const fields = new FormData();
    fields.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    fields.set("file", file, file.name || "picture.png");
    try {
      const answer = await fetch(room.dataset.uploadUrl, { method: "POST", body: fields, headers: { Accept: "application/json", "Idempotency-Key": newId() } });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error?.text ?? say("did_not_work"));
      item.file = told;
      item.name.textContent = `${told.name} · ${sizeOf(told.size)}`;
      if (told.kind === "picture") {
        const small = document.createElement("img");
        Object.assign(small, { src: `${told.url}small/`, alt: "", width: 32, height: 32 });
        item.row.prepend(small);
      }
    } catch (problem) {
      remove(item);
      complain(problem.message || say("did_not_work"));
    }
  }

  function remove(item) {
    kept = kept.filter((other) => other !== item);
    item.row.remove();
    list.hidden = !kept.length;
  }

  return {
    async settled() {
      await Promise.all(kept.map((item) => item.promise));
      return kept.map((item) => item.file).filter(Boolean);
    },
    clear() {
      kept = [];
      list.replaceChildren();
      list.hidden = true;
    },
  };
}
