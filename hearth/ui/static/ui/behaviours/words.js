// Sentences come from the server in the reader's language (data-words on body).
const words = JSON.parse(document.body.dataset.words || "{}");

export function say(key, params = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

export function iconOf(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function isTyping(event) {
  const at = event.target;
  return event.isComposing || at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && at.type !== "checkbox";
}
