/* The phone's own sheet, and copying a link or a text. Without scripts both can be done by hand.
   The only script of the short pages behind a QR code: it leans on nothing else. */
(() => {
  "use strict";
  const show = (query, can) => document.querySelectorAll(query).forEach((button) => { button.hidden = !can; });
  show("[data-share]", "share" in navigator);
  show("[data-copy],[data-copy-from]", true);

  /* Where the clipboard is closed to a page, the text is marked and copied as by hand. */
  const byHand = (text) => {
    const box = document.body.appendChild(Object.assign(document.createElement("textarea"), { value: text }));
    box.select();
    const copied = document.execCommand("copy");
    box.remove();
    return copied;
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-share],[data-copy],[data-copy-from]");
    if (!target) return;
    if ("share" in target.dataset) {
      navigator.share({ title: target.dataset.title, url: target.dataset.share }).catch(() => {});
      return;
    }
    const box = document.getElementById(target.dataset.copyFrom);
    const text = box ? box.value : target.dataset.copy;
    const done = () => { (target.querySelector("[data-said]") || target).textContent = target.dataset.done; };
    const other = () => {
      if (byHand(text)) return done();
      if (box) { box.closest("details").open = true; box.select(); }
    };
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, other);
    else other();
  });
})();
