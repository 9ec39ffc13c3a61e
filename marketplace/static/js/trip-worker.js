/* Pages of a trip that js/away.js kept, for villages without signal. */
const SHELF = "chuyen-di", PATIENCE = 6000;

async function answer(request, isPage) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request, { ignoreVary: true });
  if (kept && !isPage) return kept; // files are named by their content
  const fresh = fetch(request).then(async (response) => {
    if (response.type === "opaqueredirect") await caches.delete(SHELF); // signed out, or no longer theirs
    else if (response.ok && (kept || !isPage)) await shelf.put(request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  const late = new Promise((done) => setTimeout(done, PATIENCE, kept));
  return Promise.race([fresh.catch(() => kept), late]).then((one) => one.clone());
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const isPage = request.mode === "navigate";
  if (request.method !== "GET" || !(isPage || new URL(request.url).pathname.startsWith("/static/"))) return;
  event.respondWith(answer(request, isPage));
});
