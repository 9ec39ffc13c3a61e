/* The phone's own sheet, and copying a text from its box. Without scripts both can be done by hand. */
(() => {
  "use strict";
  const open = "share" in navigator;
  document.querySelectorAll("[data-share]").forEach((button) => { button.hidden = !open; });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-share],[data-copy-from]");
    if (!target) return;
    if ("share" in target.dataset) {
      navigator.share({ title: target.dataset.title, url: target.dataset.share }).catch(() => {});
      return;
    }
    const box = document.getElementById(target.dataset.copyFrom);
    const done = () => { (target.querySelector("[data-said]") || target).textContent = target.dataset.done; };
    box.select();
    if (navigator.clipboard) navigator.clipboard.writeText(box.value).then(done, () => {});
    else if (document.execCommand("copy")) done();
  });
})();
