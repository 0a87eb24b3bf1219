// Record every change of these figures in `window.seen`, as [name, value, time of the frame in seconds].
(names) => {
  window.seen = [];
  const shown = {};
  const figure = (name) => document.querySelector(`[data-figure=${name}] b`)?.textContent.replace(/\D/g, "");
  const look = () => {
    for (const name of names) {
      const value = Number(figure(name));
      if (value !== shown[name])
        requestAnimationFrame(() => window.seen.push([name, value, Date.now() / 1000]));
      shown[name] = value;
    }
  };
  look();
  const all = { subtree: true, childList: true, characterData: true };
  new MutationObserver(look).observe(document.querySelector("main"), all);
};
