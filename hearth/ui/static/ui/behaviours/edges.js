// What is wider than the screen: the current tab is in sight, and an edge fades where there is more.
export function edges(strip) {
  const fade = () => {
    const over = strip.scrollWidth - strip.clientWidth;
    const sides = [strip.scrollLeft > 4 && "start", strip.scrollLeft < over - 4 && "end"].filter(Boolean);
    if (sides.length) strip.dataset.more = sides.join(" ");
    else delete strip.dataset.more;
  };
  const current = strip.querySelector(":scope > [aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.offsetWidth) / 2;
  fade();
  strip.addEventListener("scroll", fade, { passive: true });
  new ResizeObserver(fade).observe(strip);
}
