/* A trip where there is no signal: its pages are kept on the phone, and so is a check-in that cannot
   be sent, with its photos and the phone's time, until it can. Without this script, or where a step
   of it fails, the pages and the form are ordinary ones. */
(() => {
  "use strict";
  const box = document.querySelector("[data-away]");
  if (!box || !window.indexedDB || !window.fetch) return;
  const SHELF = "chuyen-di", PATIENCE = 20000;
  const mine = (entry) => entry.whose === box.dataset.away;
  const part = (name) => box.querySelector(`[data-part=${name}]`);

  /* ---- what waits, in the order it was written; photos as bytes, which every browser keeps */
  const opened = () => new Promise((done, fail) => {
    const asked = indexedDB.open("chuyen-di", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("cho", { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const held = async (mode, use) => {
    const store = await opened();
    return new Promise((done, fail) => {
      const turn = store.transaction("cho", mode), asked = use(turn.objectStore("cho"));
      turn.oncomplete = () => { store.close(); done(asked.result); };
      turn.onabort = turn.onerror = () => { store.close(); fail(turn.error); };
    });
  };
  const waiting = async () => (await held("readonly", (cho) => cho.getAll())).filter(mine).sort((one, other) => one.at - other.at);
  const keep = (entry) => held("readwrite", (cho) => cho.put(entry));
  const drop = (key) => held("readwrite", (cho) => cho.delete(key));

  const ask = async (url, options) => {
    const patience = new AbortController(), timer = setTimeout(() => patience.abort(), PATIENCE);
    try { return await fetch(url, { cache: "no-store", signal: patience.signal, ...options }); }
    finally { clearTimeout(timer); }
  };
  const parsed = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

  /* ---- the form: sent as ever when the site answers, kept when it does not */
  const now = () => {
    const at = {};
    new Intl.DateTimeFormat("en-GB", {
      timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }).formatToParts(new Date()).forEach(({ type, value }) => { at[type] = value; });
    return `${at.day}/${at.month}/${at.year} ${at.hour}:${at.minute}`;
  };
  const form = document.querySelector("main form[enctype]");
  if (form) form.addEventListener("submit", async (event) => {
    if (event.defaultPrevented) return; // the photos are still being made smaller
    event.preventDefault();
    const said = new FormData(form), when = now();
    try { await ask("/song", { method: "HEAD" }); form.submit(); return; } catch { /* no signal */ }
    const fields = [];
    for (const [name, value] of said) {
      if (typeof value === "string") fields.push([name, name === "phone_at" && !value ? when : value]);
      else if (value.size) fields.push([name, { name: value.name, type: value.type, data: await value.arrayBuffer() }]);
    }
    const stop = form.closest("main").querySelector("h1").textContent;
    try {
      await keep({ key: said.get("form_key"), whose: box.dataset.away, url: location.pathname, stop, when, at: Date.now(), fields });
    } catch { form.submit(); return; }
    form.hidden = true;
    await tell();
    box.scrollIntoView();
  });

  /* ---- sending: the token is asked for anew; sent twice it counts once, by its form key */
  async function send(entry) {
    const page = await ask(entry.url);
    if (page.redirected) return "signin";
    const token = page.ok && (await parsed(page)).querySelector("main [name=csrf_token]");
    if (!token) return "refused";
    const body = new FormData();
    entry.fields.forEach(([name, value]) => {
      if (name === "csrf_token") body.append(name, token.value);
      else if (typeof value === "string") body.append(name, value);
      else body.append(name, new Blob([value.data], { type: value.type }), value.name);
    });
    const answer = await ask(entry.url, { method: "POST", body });
    if (answer.status >= 500) return "later";
    if (answer.ok && answer.redirected) return "sent";
    const why = [...(await parsed(answer)).querySelectorAll(".errsum li, main h1")].map((one) => one.textContent.trim());
    entry.why = why[why.length - 1] || "";
    return "refused";
  }

  let busy = false;
  async function flush() {
    if (busy) return;
    busy = true;
    let isSent = false;
    box.dataset.said = "";
    try {
      for (const entry of await waiting()) {
        const how = await send(entry);
        if (how === "sent") { await drop(entry.key); isSent = true; }
        else if (how === "refused") await keep({ ...entry, isRefused: true });
        else { box.dataset.said = how; break; }
      }
    } catch { /* still no signal */ }
    busy = false;
    if (isSent && !form) location.reload();
    else await tell(isSent);
  }

  async function tell(isSent) {
    const entries = await waiting();
    part("sent").hidden = !isSent || entries.length > 0;
    part("waiting").hidden = !entries.length;
    part("signin").hidden = box.dataset.said !== "signin";
    box.querySelector("ul").replaceChildren(...entries.map(line));
    box.hidden = ["kept", "sent", "waiting"].every((name) => part(name).hidden);
  }
  function line(entry) {
    const item = document.createElement("li"), stop = document.createElement("b");
    stop.textContent = entry.stop;
    item.append(stop, ` · ${entry.when}`);
    if (!entry.isRefused) return item;
    const text = entry.fields.find(([name]) => name === "findings");
    const why = document.createElement("p"), gone = document.createElement("button");
    why.textContent = `${box.dataset.refused} ${entry.why} ${text ? text[1] : ""}`;
    Object.assign(gone, { type: "button", className: "btn btn--s btn--quiet", textContent: box.dataset.remove });
    gone.addEventListener("click", async () => { await drop(entry.key); await tell(); });
    item.append(why, gone);
    return item;
  }

  /* ---- the pages, while the trip can be checked in: this one, its stops, and the files they name */
  async function take() {
    if (!window.caches || !navigator.serviceWorker || !("take" in box.dataset)) return;
    await navigator.serviceWorker.register(box.dataset.worker);
    const shelf = await caches.open(SHELF);
    const stops = [...document.querySelectorAll(`main a[href*="${location.pathname}/tram/"]`)].map((link) => link.pathname);
    const files = new Set();
    for (const path of [location.pathname, ...stops]) {
      const page = await ask(path);
      if (!page.ok || page.redirected) return;
      await shelf.put(path, page.clone());
      (await parsed(page)).querySelectorAll("link[rel=stylesheet],link[rel=icon],script[src]").forEach((one) => files.add(one.getAttribute("href") || one.getAttribute("src")));
    }
    performance.getEntriesByType("resource").map(({ name }) => new URL(name)).forEach(({ origin, pathname, search }) => {
      if (origin === location.origin && pathname.startsWith("/static/")) files.add(pathname + search); // fonts, icons
    });
    const there = await Promise.all([...files].map(async (file) => (await shelf.match(file)) || shelf.add(file)));
    part("kept").hidden = !there.length;
    box.hidden = false;
  }

  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  part("again").addEventListener("click", flush);
  tell().then(flush).then(take).catch(() => {});
})();
