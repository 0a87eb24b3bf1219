// Store in `window.usable` when the first figures are drawn, in ms from the start of navigation.
(() => {
  const figure = (name) => document.querySelector(`[data-figure=${name}] b`);
  const look = () => {
    if (figure("on-duty") && figure("received")) window.usable = performance.now();
    else requestAnimationFrame(look);
  };
  look();
})();
