// Scroll a list to its end in the given number of frames. Return whether it reached the end.
async (frames) => {
  const body = document.querySelector(".grid-body");
  const way = body.scrollHeight - body.clientHeight;
  for (let frame = 1; frame <= frames; frame += 1) {
    body.scrollTop = (way * frame) / frames;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return body.scrollTop >= way - 1;
};
