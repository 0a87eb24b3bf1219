// The courier's page without a network: its files are kept per version; what waits is sent also when no page is open.
"use strict";
const ASSETS = "{{assets}}";
const FILES = `{{files}}`.split("\n").filter(Boolean);
const CACHE = `muster-go ${ASSETS}`;

importScripts(`${ASSETS}/go/idb.js`, `${ASSETS}/go/outbox.js`);

/** Keep everything of this version, or nothing: a page of another one is not taken for it. */
async function install() {
  const cache = await caches.open(CACHE);
  const page = await fetch("/go", { cache: "no-cache" });
  if (!page.ok || !(await page.clone().text()).includes(ASSETS))
    throw new Error("the page is of another version");
  await cache.addAll(FILES);
  await cache.put("/go", page);
}

/** The page takes a new version over when it starts: files of older ones are not needed any more. */
async function activate() {
  for (const name of await caches.keys())
    if (name.startsWith("muster-go ") && name !== CACHE) await caches.delete(name);
}

/** The page as it was kept, also with a network: a page of a newer version may come through, and its files not. */
const page = async (request) => (await caches.match("/go", { cacheName: CACHE })) ?? fetch(request);

const asset = async (request) => (await caches.match(request.url, { cacheName: CACHE })) ?? fetch(request);

async function sendAll() {
  const { outcome } = await musterOutbox.flush();
  if ("BroadcastChannel" in self) {
    const channel = new BroadcastChannel("muster-go");
    channel.postMessage("acts");
    channel.close();
  }
  if (["later", "offline"].includes(outcome)) throw new Error(outcome); // the browser tries again
}

/** Of whatever kind: that there is news, never about whom. */
async function notify(data) {
  const texts = (await musterDb.get("push.texts")) ?? {};
  const { title, body } = texts[data.kind] ?? texts.news ?? { title: "Muster" };
  await self.registration.showNotification(title, {
    body,
    tag: data.kind ?? "news",
    renotify: true,
    icon: `${ASSETS}/icons/go-192.png`,
    badge: `${ASSETS}/icons/go-badge.png`,
    vibrate: [300, 100, 300],
  });
}

async function show() {
  const pages = await self.clients.matchAll({ type: "window" });
  const found = pages.find((client) => new URL(client.url).pathname === "/go");
  return found ? found.focus() : self.clients.openWindow("/go");
}

function told(event) {
  try {
    return event.data?.json() ?? {};
  } catch {
    return {};
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "/go") event.respondWith(page(event.request));
  else if (url.pathname.startsWith(`${ASSETS}/`)) event.respondWith(asset(event.request));
});
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(sendAll());
});
self.addEventListener("push", (event) => event.waitUntil(notify(told(event))));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show());
});
