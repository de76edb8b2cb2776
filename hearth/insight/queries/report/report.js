(() => {
  const bar = document.querySelector(".filter");
  if (!bar) return;
  bar.hidden = false;
  const [name, code] = [bar.querySelector("input"), bar.querySelector("select")];
  const rows = [...document.querySelectorAll(".group")];
  const show = () => {
    const wanted = name.value.trim().toLowerCase();
    for (const row of rows) {
      row.hidden = !row.dataset.name.includes(wanted) || (code.value && !row.dataset.codes.split(" ").includes(code.value));
    }
    for (const part of document.querySelectorAll(".stage")) part.hidden = !part.querySelector(".group:not([hidden])");
    if (wanted || code.value) for (const fold of document.querySelectorAll(".fold")) fold.open = true;
  };
  name.addEventListener("input", show);
  code.addEventListener("change", show);
  const open = () => {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    if (!row || row.tagName !== "DETAILS") return;
    for (let part = row; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    row.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
})();
