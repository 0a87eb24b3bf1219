// Pictures as proof: scaled down on the phone. Drawing on a canvas also drops EXIF, with place and time.

/** Pixels of the longer side at most. */
const LONGEST = 1600;
const QUALITY = 0.8;
const LIGHT = "#fff";

/** Encode a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @returns {Promise<Blob>}
 */
export const encoded = (canvas, type) =>
  new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), type, QUALITY),
  );

/** Return a canvas with a light background.
 * @param {number} width
 * @param {number} height
 */
export function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.fillStyle = LIGHT;
  pen.fillRect(0, 0, width, height);
  return canvas;
}

/** Return the picture as a JPEG of at most LONGEST pixels. Rejects if the browser cannot read it.
 * @param {Blob} file
 */
export async function scaled(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const by = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = blank(Math.round(image.width * by), Math.round(image.height * by));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return encoded(canvas, "image/jpeg");
}
