/* Small comforts; every page works without them. */
(() => {
  "use strict";
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const make = (tag, props) => Object.assign(document.createElement(tag), props);

  /* Runs again on every part that htmx swaps in. */
  function prepare(root) {
    const summary = root.querySelector("[data-focus]");
    if (summary) summary.focus();

    /* How many characters are left. */
    all("[data-left]", root).forEach((field) => {
      const max = field.maxLength;
      if (max < 1 || field.dataset.ready) return;
      field.dataset.ready = "1";
      const out = make("p", { className: "hint" });
      out.setAttribute("aria-live", "polite");
      field.after(out);
      const tell = () => {
        const left = max - field.value.length;
        out.textContent = left <= max / 4 ? field.dataset.left.replace("{n}", left) : "";
      };
      field.addEventListener("input", tell);
      tell();
    });

    /* A form that goes on by itself, such as the next step of a long check. */
    all("form[data-go]", root).forEach((form) => form.requestSubmit && form.requestSubmit());

    /* Buttons that need scripts are hidden until scripts are here. */
    all("[data-js]", root).forEach((node) => { node.hidden = false; });
  }

  /* A form that asks (GET) says only what it asks for, in the order of the one address of a list. */
  const place = (name) => ["q", "", "sap", "xem"].indexOf(["q", "sap", "xem"].includes(name) ? name : "");
  document.addEventListener("formdata", (event) => {
    const { target: form, formData: data } = event;
    if (!form.matches(".browse,.find,.findbar")) return; // elsewhere an empty field may mean “all”
    const said = [...data].filter(([, value]) => value !== "");
    [...data.keys()].forEach((name) => data.delete(name));
    said.sort((one, other) => place(one[0]) - place(other[0])).forEach(([name, value]) => data.append(name, value));
  });

  /* So many can be compared and no more: said when one too many is ticked. */
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    const most = form && event.target.type === "checkbox" && Number(form.dataset.most);
    if (!most) return;
    const isTooMany = [...form.elements].filter((box) => box.checked).length > most;
    if (isTooMany) event.target.checked = false;
    form.querySelector("[role=status]").textContent = isTooMany ? form.dataset.said : "";
  });

  /* Whoever signs out leaves no page behind; what waits to be sent stays (js/away.js). */
  document.addEventListener("submit", ({ target }) => {
    if (target.dataset.forget && window.caches) caches.delete(target.dataset.forget);
  });

  /* A second press is harmless on the server; here it is only greyed. */
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || event.target.method !== "post" || !button) return;
    if (button.getAttribute("aria-busy")) { event.preventDefault(); return; }
    button.setAttribute("aria-busy", "true");
  });
  /* The Back button shows the page as it was left: wake the buttons. */
  addEventListener("pageshow", () => all("[aria-busy]").forEach((b) => b.removeAttribute("aria-busy")));

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-print],[data-show]");
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (!target) return;
    if ("print" in target.dataset) print();
    if ("show" in target.dataset) {
      const field = document.getElementById(target.dataset.show);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      target.setAttribute("aria-pressed", String(!shown));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
      if (location.hash === "#loc") location.hash = "#ket-qua";
    }
    /* "/" goes to the search box, unless one is writing. */
    const writing = event.target.closest("input,textarea,select,[contenteditable]");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.altKey && !event.metaKey && !("noKeys" in document.body.dataset)) {
      const box = document.querySelector("main input[type=search]") || document.querySelector(".top input[type=search]");
      const menu = box && box.closest("details");
      if (menu) menu.open = true;
      if (box) { event.preventDefault(); box.focus(); }
    }
  });

  /* A menu that holds a search box is opened to type in it. */
  document.addEventListener("toggle", (event) => {
    const box = event.target.open && event.target.querySelector("input[type=search]");
    if (box) box.focus();
  }, true);

  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  prepare(document);
})();
