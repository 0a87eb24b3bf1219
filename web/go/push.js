// Push notifications for offers while the page is closed.

import { get, send } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { signal } from "../lib/preact.js";
import { db, who } from "./state.js";

/** State of push: unknown, off (not available), asking, on, denied, or failed (no answer from the push
 * service).
 */
export const push = signal("unknown");
let key = null;

/** Decode base64url.
 * @param {string} text
 */
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

/** Check whether the service supports push and this phone is subscribed. */
export async function look() {
  if (!("PushManager" in self) || !navigator.serviceWorker) {
    push.value = "off";
    return;
  }
  key = (await get("/push")).key;
  if (!key) {
    push.value = "off";
    return;
  }
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (subscription && Notification.permission === "granted") await keep(subscription);
  else push.value = Notification.permission === "denied" ? "denied" : "asking";
}

/** Register a subscription with the service.
 * @param {PushSubscription} subscription
 */
async function keep(subscription) {
  await send("POST", `/${who.peek().jurisdiction}/push`, subscription.toJSON());
  await words();
  push.value = "on";
}

/** Store the texts of notifications in the language of the page for the service worker. */
export const words = () =>
  db.set(
    "push.texts",
    Object.fromEntries(
      ["offer", "dispatch", "news"].map((kind) => [kind, { title: t(`push.${kind}`), body: t("push.open") }]),
    ),
  );

/** Ask for permission and subscribe. */
export async function subscribe() {
  const allowed = await Notification.requestPermission();
  if (allowed !== "granted") {
    push.value = allowed === "denied" ? "denied" : "asking";
    return;
  }
  try {
    const registration = await navigator.serviceWorker.ready;
    await keep(
      await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) }),
    );
  } catch (error) {
    console.warn(error.message);
    push.value = "failed";
  }
}

/** Unsubscribe: first in the browser, so that it takes effect even if the service cannot be reached. */
export async function unsubscribe() {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  push.value = "asking";
  if (!subscription) return;
  const { endpoint } = subscription;
  await subscription.unsubscribe();
  await send("DELETE", `/${who.peek().jurisdiction}/push`, { endpoint }).catch(() => {});
}
