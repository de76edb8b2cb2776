// Live updates reach the page as `hearth:live` events: {topic, kind, data}. Counters in the navigation listen here.
export function watchLive() {
  document.addEventListener("hearth:live", (event) => {
    const { kind, data } = event.detail ?? {};
    if (kind !== "badges") return;
    for (const [key, count] of Object.entries(data ?? {})) {
      for (const badge of document.querySelectorAll(`[data-badge="${CSS.escape(key)}"]`)) {
        badge.hidden = !count;
        badge.textContent = count > 99 ? "99+" : String(count);
      }
    }
  });
}
