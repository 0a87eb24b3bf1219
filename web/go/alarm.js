// The alarm for new offers: synthesised tones and vibration.
import { signal } from "../lib/preact.js";

const KEPT = "muster.go.sound";
/** @type {AudioContext | null} */
let audio = null;

/** Whether offers may sound. */
export const sound = signal(localStorage.getItem(KEPT) !== "off");

/** @param {boolean} on */
export function setSound(on) {
  localStorage.setItem(KEPT, on ? "on" : "off");
  sound.value = on;
  if (on) ring();
}

/** Browsers allow sound only after the user touched the page. */
addEventListener("pointerdown", () => {
  const Context = self.AudioContext ?? self.webkitAudioContext;
  if (!Context) return;
  audio ??= new Context();
  if (audio.state === "suspended") audio.resume();
});

/** @param {number} frequency @param {number} from @param {number} seconds */
function tone(frequency, from, seconds) {
  const [voice, volume] = [audio.createOscillator(), audio.createGain()];
  voice.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.5, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
  voice.connect(volume).connect(audio.destination);
  voice.start(from);
  voice.stop(from + seconds);
}

/** Play the tones three times and vibrate. */
export function ring() {
  if (navigator.userActivation?.hasBeenActive ?? true) navigator.vibrate?.([400, 150, 400, 150, 400]);
  if (!sound.value || audio?.state !== "running") return;
  for (const turn of [0, 0.7, 1.4]) {
    tone(880, audio.currentTime + turn, 0.25);
    tone(1320, audio.currentTime + turn + 0.25, 0.3);
  }
}
