// Where the page opens stations: the part, and what becomes of a scanned code. The rest comes when needed.

import { learn, t } from "../lib/i18n.js";
import { effect, html, signal } from "../lib/preact.js";
import { hhmm } from "../lib/time.js";
import { later } from "./later.js";
import { link } from "./live.js";
import { Button } from "./parts.js";
import { keepScan, scan } from "./session.js";
import { db, served, shown, who } from "./state.js";
import { act } from "./sync.js";

/** When the list of stations is brought to the phone for use without a network. */
const SOON_MS = 8000;

/** What was just recorded from a code at the door: when, and its text. */
const recorded = signal(/** @type {{at: string, text: string} | null} */ (null));

async function part() {
  await learn("near");
  return import("./stations.js");
}

let planned = false;
/** Keep the stations for later, once the page is in use. */
effect(() => {
  if (link.value.phase !== "live" || planned) return;
  planned = true;
  setTimeout(async () => {
    try {
      await (await part()).bring();
    } catch (error) {
      console.warn(error.message);
    }
  }, SOON_MS);
});

/** Record what was scanned with the time of the scan, as soon as it is known who scanned it. */
effect(() => {
  const found = scan.value;
  if (found && who.value && shown.value) take(found);
});

async function take(found) {
  await keepScan(null);
  if (found.session) {
    recorded.value = await (await import("./attending.js")).attend(found);
    return;
  }
  const { again } = await import("./nearest.js");
  const twice = again(await db.get("scanned"), found);
  if (!twice) {
    const { station, at } = found;
    const kept = await db.get("stations");
    const title = kept?.said.stations.find((one) => one.id === station)?.name ?? station;
    if (!(await act("station.scan", { worker: who.peek().worker, station }, { title }, { at }))) return;
    await db.set("scanned", found);
  }
  recorded.value = { at: found.at, text: twice ? "go.scan.again" : "go.scan.recorded" };
}

/** Says what was recorded. */
export const Scanned = () =>
  recorded.value &&
  html`<div class="note" role="status"><p>${t(recorded.value.text, {
    time: hhmm(served(recorded.value.at)),
  })}</p><${Button} onClick=${() => {
    recorded.value = null;
  }}>${t("go.dismiss")}</${Button}></div>`;

/** The nearest stations, and the ones that I keep. */
export const Stations = later("navigate", "go.stations", part);
