// What whoever asks shows or says aloud: photos, and a recording of at most a minute. What the camera and the
// recorder add is dropped on the phone already: a photo is drawn anew, a recording is its samples alone.
// Loaded when somebody tells of a difficulty.

import { t } from "../lib/i18n.js";
import { scaled } from "../lib/picture.js";
import { html, useEffect, useRef, useState } from "../lib/preact.js";
import { Button } from "./parts.js";

const PHOTOS = 3;
const MOST_SECONDS = 60;
/** Samples a second: enough for speech, and a minute takes less than the service accepts. */
const RATE = 16000;
const HEAD = 44;

/** Return samples between -1 and 1 as a WAV file of one channel with 16 bits.
 * @param {Float32Array} samples
 */
export function wav(samples) {
  const kept = samples.subarray(0, RATE * MOST_SECONDS);
  const view = new DataView(new ArrayBuffer(HEAD + kept.length * 2));
  const word = (at, text) => {
    for (const [n, one] of [...text].entries()) view.setUint8(at + n, one.charCodeAt(0));
  };
  word(0, "RIFF");
  view.setUint32(4, HEAD - 8 + kept.length * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, kept.length * 2, true);
  for (const [n, one] of kept.entries())
    view.setInt16(HEAD + n * 2, Math.round(Math.max(-1, Math.min(1, one)) * 32767), true);
  return new Blob([view], { type: "audio/wav" });
}

/** Return what was recorded as a voice. Rejects if the browser cannot read its own recording.
 * @param {Blob} recorded
 */
async function voice(recorded) {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await recorded.arrayBuffer());
  const samples = sound.getChannelData(0);
  return { medium: "voice", blob: wav(samples), seconds: Math.ceil(samples.length / RATE) };
}

/** Begin to record; return what ends it, and what resolves to the voice. */
async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream);
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const over = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  const timer = setTimeout(() => stop(), MOST_SECONDS * 1000);
  const stop = () => {
    clearTimeout(timer);
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  };
  recorder.start();
  return { stop, done: over.then(() => voice(new Blob(parts, { type: recorder.mimeType }))) };
}

/** @param {Shown} one @param {number} n */
const named = ({ medium, seconds }, n) =>
  medium === "photo" ? t("go.ask.photo_n", { n }) : t("go.ask.voice_n", { n: seconds });

/** How long is recorded already. */
function Clock() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((n) => n + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return html`<p role="timer">${t("go.ask.recording", { n: seconds, most: MOST_SECONDS })}</p>`;
}

/** Photos and a recording, with what is kept of them. `change` gets all that are to be sent.
 * @param {{shown: Shown[], change: (next: (now: Shown[]) => Shown[]) => void}} props
 */
export function Showing({ shown, change }) {
  const [problem, setProblem] = useState("");
  const [runs, setRuns] = useState(false);
  const running = useRef(/** @type {{stop: () => void} | null} */ (null));
  useEffect(() => () => running.current?.stop(), []);
  const add = (one) => change((now) => [...now, one]);
  const photo = async (event) => {
    const [file] = event.currentTarget.files;
    if (!file) return;
    setProblem("");
    try {
      add({ medium: "photo", blob: await scaled(file) });
    } catch {
      setProblem("go.proof.bad");
    }
  };
  const speak = async () => {
    setProblem("");
    try {
      const now = await record();
      running.current = now;
      setRuns(true);
      add(await now.done);
    } catch {
      setProblem("go.ask.no_voice");
    }
    running.current = null;
    setRuns(false);
  };
  const photos = shown.filter(({ medium }) => medium === "photo").length;
  const said = shown.some(({ medium }) => medium === "voice");
  const drop = (one) => change((now) => now.filter((other) => other !== one));
  return html`<div class="stack"><ul class="people">${shown.map(
    (one, index) =>
      html`<li key=${index}><span>${named(one, index + 1)}</span>
      <${Button} icon="close" onClick=${() => drop(one)}>${t("go.ask.drop")}</${Button}></li>`,
  )}</ul>
    <div class="choices">${
      photos < PHOTOS &&
      html`<label class="button file"><span>${t("go.ask.photo")}</span>
      <input type="file" accept="image/*" capture="environment" onChange=${photo} /></label>`
    }${
      runs
        ? html`<${Button} kind="main" icon="check" onClick=${() => running.current?.stop()}>${t(
            "go.ask.voice_end",
          )}</${Button}>`
        : !said &&
          "MediaRecorder" in window &&
          html`<${Button} onClick=${speak}>${t("go.ask.voice")}</${Button}>`
    }</div>
    ${runs && html`<${Clock} />`}
    ${problem && html`<p class="refused" role="alert">${t(problem)}</p>`}
    <small>${t("go.ask.bare")}</small></div>`;
}
