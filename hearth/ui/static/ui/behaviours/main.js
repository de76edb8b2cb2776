// Hearth's behaviours: small helpers on top of pages that work without them.
// An element names its behaviours in data-behaviour; each is connected once, now and after every htmx swap.
import { composer, keyboard } from "./composer.js";
import { copy } from "./copy.js";
import { dialog, menu, sidePanel, watchDialogs } from "./overlays.js";
import { draft, settleDrafts } from "./drafts.js";
import { edges } from "./edges.js";
import { list, watchListKeys } from "./list.js";
import { watchLive } from "./live.js";
import { navWidth, preferences } from "./preferences.js";
import { palette, watchPaletteKeys } from "./palette.js";
import { progress } from "./progress.js";
import { shortcuts, watchShortcutKey } from "./shortcuts.js";
import { keepTimes, rememberZone } from "./times.js";
import { toast, toastErrors } from "./toasts.js";

const behaviours = {
  chart: (element) => import("./charts.js").then((module) => module.chart(element)),
  composer, copy, dialog, draft, edges, keyboard, list, menu, "nav-width": navWidth, palette, preferences, progress, shortcuts,
  "side-panel": sidePanel, toast,
};
const connected = new WeakSet();

function connect(root) {
  const marked = [...root.querySelectorAll("[data-behaviour]")];
  if (root.matches?.("[data-behaviour]")) marked.unshift(root);
  for (const element of marked) {
    if (connected.has(element)) continue;
    connected.add(element);
    for (const name of element.dataset.behaviour.split(/\s+/)) behaviours[name]?.(element);
  }
  keepTimes(root);
}

document.documentElement.dataset.js = "";
rememberZone();
settleDrafts();
connect(document.body);
watchDialogs();
watchPaletteKeys();
watchShortcutKey();
watchListKeys();
watchLive();
toastErrors();
document.addEventListener("htmx:load", (event) => connect(event.detail.elt));
setInterval(() => keepTimes(document.body), 60_000);
