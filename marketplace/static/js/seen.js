/* The listings opened last, kept on this device only and never sent anywhere. */
(() => {
  "use strict";
  const KEY = "da-xem", MOST = 8;
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(kept) ? kept.filter(([path, title]) => /^\/[a-z]/.test(path) && title) : [];
    } catch { return []; }
  };
  const write = (kept) => { try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* full or forbidden */ } };

  const here = document.querySelector("[data-seen-here]");
  if (here) {
    const path = location.pathname;
    write([[path, here.textContent.trim()], ...read().filter(([other]) => other !== path)].slice(0, MOST));
  }
  const shelf = document.querySelector("[data-seen]");
  const seen = shelf ? read() : [];
  if (!seen.length) return;
  for (const [path, title] of seen) {
    const link = Object.assign(document.createElement("a"), { textContent: title });
    link.setAttribute("href", path);
    const item = document.createElement("li");
    item.append(link);
    shelf.querySelector("ul").append(item);
  }
  shelf.hidden = false;
  shelf.querySelector("button").addEventListener("click", () => {
    try { localStorage.removeItem(KEY); } catch { /* forbidden */ }
    shelf.hidden = true;
  });
})();
