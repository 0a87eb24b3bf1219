// Return headings and controls that cannot be scrolled into view, and the element that makes the page too
// wide.
() => {
  const root = document.documentElement;
  const said = (one) =>
    (one.getAttribute("aria-label") || one.textContent || one.value || "").trim().slice(0, 40);
  const named = (one) => `<${one.localName} class="${one.getAttribute("class") ?? ""}"> ${said(one)}`;
  const enough = (from, to) => Math.min(24, (to - from) / 2);

  /** Clip a box to an edge in one direction. Return null if too little remains, or the whole edge if it
   * scrolls.
   */
  function within([from, to], [begin, end], overflow) {
    if (overflow === "visible") return [from, to];
    if (overflow === "auto" || overflow === "scroll") return [begin, end];
    const clipped = [Math.max(from, begin), Math.min(to, end)];
    return clipped[1] - clipped[0] < enough(from, to) ? null : clipped;
  }

  /** Return how a control is cut off, or null. */
  function cut(one) {
    const own = one.getBoundingClientRect();
    let [x, y] = [
      [own.left, own.right],
      [own.top, own.bottom],
    ];
    let fixed = false;
    for (let box = one; box && box !== root && !fixed; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (box !== one) {
        const edge = box.getBoundingClientRect();
        x = within(x, [edge.left, edge.right], style.overflowX);
        y = within(y, [edge.top, edge.bottom], style.overflowY);
        if (!x || !y) return x ? "in height" : "sideways";
      }
      fixed = style.position === "fixed" || box.matches("dialog:modal");
    }
    if (x[0] < -1 || x[1] > root.clientWidth + 1) return "sideways";
    return fixed && (y[1] < 8 || y[0] > innerHeight - 8) ? "in height" : null;
  }

  const found = [];
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...document.body.querySelectorAll("*")].find(
      (one) => one.checkVisibility() && one.getBoundingClientRect().right > root.clientWidth + 1,
    );
    found.push(`the page is ${root.scrollWidth} wide of ${root.clientWidth}, by ${wide ? named(wide) : "?"}`);
  }
  const controls = "h1, h2, h3, a[href], button, input, select, textarea, summary, [tabindex='0']";
  const left = ".visually-hidden, .skip, .maplibregl-map, [aria-hidden=true]";
  for (const one of (document.querySelector("dialog:modal") ?? document).querySelectorAll(controls)) {
    const { width, height } = one.getBoundingClientRect();
    if (width <= 1 || height <= 1 || !one.checkVisibility({ visibilityProperty: true }) || one.closest(left))
      continue;
    const how = cut(one);
    if (how) found.push(`cut off ${how}: ${named(one)}`);
  }
  return found.slice(0, 12);
};
