// Location of this phone: for finding the nearest area and, with consent, for the command centre.

import { Problem, send } from "../lib/api.js";
import { effect, signal } from "../lib/preact.js";
import { duty, who } from "./state.js";

const KEPT = "muster.go.place";
const EVERY_MS = 30000;

/** Whether the location is shared while on duty. Off by default. */
export const sharing = signal(localStorage.getItem(KEPT) === "on");
/** Why it cannot be shared: denied, failed or null. */
export const hindrance = signal(null);

let watching = null;
let sent = 0;

/** @param {boolean} on */
export function setSharing(on) {
  localStorage.setItem(KEPT, on ? "on" : "off");
  hindrance.value = null;
  sharing.value = on;
}

/** Return the current location. Rejects with "denied" or "failed".
 * @returns {Promise<LonLat>}
 */
export const here = () =>
  new Promise((resolve, reject) => {
    if (!navigator.geolocation) {
      reject("failed");
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude }),
      (error) => reject(error.code === 1 ? "denied" : "failed"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });

const RECENT_MS = 300000;

/** Return the place of this phone, also one known since a few minutes; null if none comes in time.
 * @param {number} patience ms
 * @returns {Promise<{lat: number, lon: number, accuracy: number} | null>}
 */
export const fix = (patience) =>
  new Promise((resolve) => {
    if (!navigator.geolocation) {
      resolve(null);
      return;
    }
    const over = setTimeout(() => resolve(null), patience);
    const settle = (found) => {
      clearTimeout(over);
      resolve(found);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => settle({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy }),
      () => settle(null),
      { enableHighAccuracy: true, timeout: patience, maximumAge: RECENT_MS },
    );
  });

/** Send a location, at most every 30 s.
 * @param {GeolocationPosition} position
 */
async function report({ coords, timestamp }) {
  if (Date.now() - sent < EVERY_MS || !navigator.onLine) return;
  sent = Date.now();
  const fix = {
    at: new Date(timestamp).toISOString(),
    lon: coords.longitude,
    lat: coords.latitude,
    accuracy: Math.min(coords.accuracy, 100000),
  };
  try {
    await send("POST", `/${who.peek().jurisdiction}/telemetry`, {
      sent_at: new Date().toISOString(),
      datum: "WGS-84",
      fixes: [fix],
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // drop it: the next one follows
  }
}

/** @param {boolean} on */
function watch(on) {
  if (!on && watching !== null) {
    navigator.geolocation.clearWatch(watching);
    watching = null;
  } else if (on && watching === null && navigator.geolocation) {
    const failed = (error) => {
      hindrance.value = error.code === 1 ? "denied" : "failed";
    };
    watching = navigator.geolocation.watchPosition(report, failed, {
      enableHighAccuracy: true,
      maximumAge: EVERY_MS,
    });
  }
}

const seen = signal(!document.hidden);
document.addEventListener("visibilitychange", () => {
  seen.value = !document.hidden;
});
effect(() => watch(sharing.value && seen.value && Boolean(who.value) && duty.value !== "off"));
