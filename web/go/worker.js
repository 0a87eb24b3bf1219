// Service worker of the courier's page: caches its files per version, sends the outbox in the background and
// shows push notifications.
"use strict";
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const ASSETS = "{{assets}}";
const FILES = `{{files}}`.split("\n").filter(Boolean);
const CACHE = `muster-go ${ASSETS}`;

importScripts(`${ASSETS}/go/idb.js`, `${ASSETS}/go/outbox.js`);

/** Cache all files of this version. Fails if the service already delivers a page of another version. */
async function install() {
  const cache = await caches.open(CACHE);
  const page = await fetch("/go", { cache: "no-cache" });
  if (!page.ok || !(await page.clone().text()).includes(ASSETS))
    throw new Error("the page is of another version");
  await cache.addAll(FILES);
  await cache.put("/go", page);
}

/** Delete the caches of other versions, and serve the page that is open: what it loads later may be needed
 * without a network already on the first visit.
 */
async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith("muster-go ") && name !== CACHE) await caches.delete(name);
  await worker.clients.claim();
}

/** Prefer the cached page even when online: a newer page might load without its files.
 * @param {Request} request
 */
const page = async (request) => (await caches.match("/go", { cacheName: CACHE })) ?? fetch(request);

/** @param {Request} request */
const asset = async (request) => (await caches.match(request.url, { cacheName: CACHE })) ?? fetch(request);

/** Send the outbox. Throws if some acts are not sent yet, so that the browser retries. */
async function sendAll() {
  const { outcome } = await musterOutbox.flush();
  const pictures = await musterOutbox.pictures();
  const told = await musterOutbox.tell();
  if ("BroadcastChannel" in self) {
    const channel = new BroadcastChannel("muster-go");
    channel.postMessage("acts");
    channel.close();
  }
  for (const one of [outcome, pictures.outcome, told.outcome])
    if (["later", "offline"].includes(one)) throw new Error(one);
}

/** Show a notification. It contains no personal data, because it is visible on the lock screen.
 * @param {{kind?: string}} data
 */
async function notify(data) {
  const texts = (await musterDb.get("push.texts")) ?? {};
  const { title, body } = texts[data.kind] ?? texts.news ?? { title: "Muster" };
  await worker.registration.showNotification(title, {
    body,
    tag: data.kind ?? "news",
    renotify: true,
    icon: `${ASSETS}/icons/go-192.png`,
    badge: `${ASSETS}/icons/go-badge.png`,
    vibrate: [300, 100, 300],
  });
}

/** Focus the open page, or open it. */
async function show() {
  const pages = await worker.clients.matchAll({ type: "window" });
  const found = pages.find((client) => new URL(client.url).pathname === "/go");
  return found ? found.focus() : worker.clients.openWindow("/go");
}

/** Return the payload of a push message.
 * @param {PushEvent} event
 * @returns {{kind?: string}}
 */
function told(event) {
  try {
    return event.data?.json() ?? {};
  } catch {
    return {};
  }
}

worker.addEventListener("install", (event) => event.waitUntil(install()));
worker.addEventListener("activate", (event) => event.waitUntil(activate()));
worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "/go") event.respondWith(page(event.request));
  else if (url.pathname.startsWith(`${ASSETS}/`)) event.respondWith(asset(event.request));
});
worker.addEventListener("message", (event) => {
  if (event.data === "take over") worker.skipWaiting();
});
worker.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendAll());
});
worker.addEventListener("push", (event) => event.waitUntil(notify(told(event))));
worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show());
});
