// Being woken for offers while the page is closed.
import { signal } from "../lib/preact.js";
import { get, send } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { db, who } from "./state.js";

/** unknown, off (not to be had here), asking, on, denied, or failed (this phone's push service did not answer). */
export const push = signal("unknown");
let key = null;

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

/** See whether the service can push, and whether this phone is subscribed. */
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

async function keep(subscription) {
  await send("POST", `/${who.peek().jurisdiction}/push`, subscription.toJSON());
  await words();
  push.value = "on";
}

/** The words of notifications, in the language of the page, where the service worker finds them. */
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

/** Not to be woken any more: the phone forgets first, so that it holds even where the service cannot be told. */
export async function unsubscribe() {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  push.value = "asking";
  if (!subscription) return;
  const { endpoint } = subscription;
  await subscription.unsubscribe();
  await send("DELETE", `/${who.peek().jurisdiction}/push`, { endpoint }).catch(() => {});
}
