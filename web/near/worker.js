// Service worker of the public page of stations: keeps its files and the last answer, to work offline.
{
  const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
  const ASSETS = "{{assets}}";
  const NAMES = ["css/tokens.css", "css/near.css", "near/app.js", "near/core.js", "i18n/languages.js"];
  const TEXTS = `{{near}}`.split("\n");
  const FILES = [...NAMES, ...TEXTS].map((name) => `${ASSETS}/${name}`);
  const CACHE = `muster-near ${ASSETS}`;
  const ANSWERS = "muster-near answers";

  async function install() {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES);
    await cache.put("/near", await fetch("/near", { cache: "no-cache" }));
    await worker.skipWaiting();
  }

  async function activate() {
    for (const name of await caches.keys())
      if (name.startsWith("muster-near /") && name !== CACHE) await caches.delete(name);
  }

  /** Prefer the kept file: its page is of the same version.
   * @param {Request | string} request
   */
  const kept = async (request) => (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);

  const sentOf = (response) => response.headers.get("date") ?? "";

  /** Ask the service; without it, answer what it said last, marked as kept.
   * @param {Request} request
   */
  async function answer(request) {
    const cache = await caches.open(ANSWERS);
    try {
      const fresh = await fetch(request);
      if (fresh.ok) await cache.put(request, fresh.clone());
      return fresh;
    } catch (error) {
      const last = await cache.match(request);
      if (!last) throw error;
      const headers = { "content-type": "application/json", "x-kept": "1" };
      return new Response(await last.blob(), { headers: { ...headers, "x-sent": sentOf(last) } });
    }
  }

  worker.addEventListener("install", (event) => event.waitUntil(install()));
  worker.addEventListener("activate", (event) => event.waitUntil(activate()));
  worker.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (event.request.method !== "GET" || url.origin !== location.origin) return;
    if (url.pathname === "/near") event.respondWith(kept("/near"));
    else if (url.pathname.startsWith(`${ASSETS}/`)) event.respondWith(kept(event.request));
    else if (url.pathname.endsWith("/public/stations")) event.respondWith(answer(event.request));
  });
}
