// Calling somebody: after @ a list of people of the group; choosing one writes @[Name](m:ID).
const AT = /(?:^|[^A-Za-z0-9_@])@([^\s@[\]()]{0,24})$/u;

export function startCalling(form, text, room) {
  const box = form.querySelector("[data-people]");
  let found = [];
  let chosen = 0;
  let asked = 0;
  let timer = 0;

  function hide() {
    box.hidden = true;
    found = [];
    text.removeAttribute("aria-activedescendant");
  }

  function wanted() {
    return text.value.slice(0, text.selectionStart).match(AT)?.[1];
  }

  text.setAttribute("aria-controls", box.id);
  text.setAttribute("aria-autocomplete", "list"); // a text area cannot be a combobox: no aria-expanded

  text.addEventListener("input", () => {
    clearTimeout(timer);
    const query = wanted();
    if (query === undefined) return hide();
    timer = setTimeout(() => look(query), 120);
  });
  text.addEventListener("blur", () => setTimeout(hide, 200));

  async function look(query) {
    const mine = ++asked;
    try {
      const answer = await fetch(`${room.dataset.peopleUrl}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      found = (await answer.json()).people;
    } catch {
      found = [];
    }
    chosen = 0;
    draw();
  }

  function draw() {
    if (!found.length || wanted() === undefined) return hide();
    box.replaceChildren(...found.map((person, index) => {
      const option = document.createElement("div");
      option.role = "option";
      option.id = `callable-${index}`;
      option.className = "composer-person";
      option.setAttribute("aria-selected", String(index === chosen));
      const face = document.createElement("span");
      face.className = `avatar-face avatar-sm face-${person.colour}`;
      face.textContent = person.initials;
      face.setAttribute("aria-hidden", "true");
      const name = document.createElement("strong");
      name.textContent = person.name;
      const detail = document.createElement("span");
      detail.className = "place";
      detail.textContent = person.detail;
      option.append(face, name, detail);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(index);
      });
      return option;
    }));
    box.hidden = false;
    text.setAttribute("aria-activedescendant", `callable-${chosen}`);
  }

  function take(index) {
    const person = found[index];
    const end = text.selectionStart;
    const start = text.value.lastIndexOf("@", end - 1);
    text.setRangeText(`@[${person.name.replace(/[[\]]/g, "")}](m:${person.id}) `, start, end, "end");
    hide();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  return {
    // True when the key was for the list.
    key(event) {
      if (box.hidden || event.isComposing) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        chosen = (chosen + step + found.length) % found.length;
        draw();
      } else if (event.key === "Enter" || event.key === "Tab") take(chosen);
      else if (event.key === "Escape") hide();
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
  };
}
