// When a frame with the first figures is drawn, in ms from the start of navigation: `window.usable`.
(() => {
  const figure = (name) => document.querySelector(`[data-figure=${name}] b`);
  const look = () => {
    if (figure("on-duty") && figure("received")) window.usable = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
