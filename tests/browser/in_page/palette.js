// Reduce a PNG (base64) to its 256 most frequent colours. Rarer ones are replaced by the nearest.
async (png) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);

  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const colours = [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, 256)
    .map(([colour]) => colour);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const apart = (a, b) => parts(a).reduce((sum, part, at) => sum + (part - parts(b)[at]) ** 2, 0);
  const numbers = new Map(colours.map((colour, number) => [colour, number]));
  for (const colour of counts.keys()) {
    if (numbers.has(colour)) continue;
    numbers.set(
      colour,
      colours.reduce((best, one, at) => (apart(one, colour) < apart(colours[best], colour) ? at : best), 0),
    );
  }

  let text = "";
  for (let at = 0; at < pixels.length; at += 4096) {
    text += String.fromCharCode(...pixels.subarray(at, at + 4096).map((pixel) => numbers.get(pixel)));
  }
  return { width, height, palette: colours.flatMap(parts), pixels: btoa(text) };
};
