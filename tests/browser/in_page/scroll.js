// Scroll a list from its top to its end in so many frames; whether the end was reached.
async (frames) => {
  const body = document.querySelector(".grid-body");
  const way = body.scrollHeight - body.clientHeight;
  for (let frame = 1; frame <= frames; frame += 1) {
    body.scrollTop = (way * frame) / frames;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return body.scrollTop >= way - 1;
};
