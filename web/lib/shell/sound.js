// Tones for what arrives. A browser lets a page make sound only after somebody has clicked in it.

import { signal } from "../preact.js";
import { soundOn } from "../prefs.js";

/** Whether the browser still holds the sound back: a click on the page lets it through. */
export const held = signal(true);

/** Tones: [hertz, seconds from the start, seconds long], and how loud, 0 to 1.
 *
 * @type {Record<string, { loud: number, notes: number[][] }>}
 */
const TONES = {
  sos: {
    loud: 0.9,
    notes: [0, 1, 2, 3, 4, 5].map((at) => [at % 2 ? 660 : 990, at * 0.28, 0.26]),
  },
  life: {
    loud: 0.6,
    notes: [0, 1, 2].map((at) => [880, at * 0.3, 0.2]),
  },
  urgent: {
    loud: 0.35,
    notes: [
      [660, 0, 0.16],
      [880, 0.2, 0.24],
    ],
  },
};

/** @type {AudioContext | null} */
let context = null;

/** Return the page's one audio context. */
function opened() {
  context ??= new AudioContext();
  context.onstatechange = () => {
    held.value = context.state !== "running";
  };
  held.value = context.state !== "running";
  return context;
}

/** Let sound through: call it in a click or a key press.
 *
 * @returns {Promise<void>}
 */
export async function release() {
  const audio = opened();
  if (audio.state !== "running") await audio.resume();
  held.value = audio.state !== "running";
}

/**
 * @param {AudioContext} audio
 * @param {number} loud
 * @param {number[]} note
 */
function note(audio, loud, [hertz, from, long]) {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  const begin = audio.currentTime + from;
  tone.type = "triangle";
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(loud, begin + 0.02);
  volume.gain.setValueAtTime(loud, begin + long - 0.04);
  volume.gain.linearRampToValueAtTime(0, begin + long);
  tone.connect(volume).connect(audio.destination);
  tone.start(begin);
  tone.stop(begin + long);
  tone.onended = () => {
    tone.disconnect();
    volume.disconnect();
  };
}

/** Play a tone, unless sound is off or held back. Return whether it was played.
 *
 * @param {"sos" | "life" | "urgent"} kind
 * @param {{ asked?: boolean }} [options] `asked`: somebody pressed the test button.
 */
export function ring(kind, { asked = false } = {}) {
  if (!asked && !soundOn.peek()) return false;
  const audio = opened();
  if (audio.state !== "running") return false;
  for (const one of TONES[kind].notes) note(audio, TONES[kind].loud, one);
  return true;
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => release(), { passive: true });
