/** What scripts share through `self`, and what TypeScript does not know of browsers yet. */
declare const BarcodeDetector: any;
declare const musterDb: any;
declare const musterOutbox: any;

interface Window {
  musterDb: any;
  musterOutbox: any;
  webkitAudioContext: typeof AudioContext;
}
