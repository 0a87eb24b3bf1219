// Return elements that no page may contain, inline event handlers, and URLs that run scripts.
() => {
  const strange = "img, iframe, object, embed, style, base, form[action], script:not([src])";
  const runs = /^\s*(javascript|data|vbscript):/i;
  const bad = (one) =>
    one.matches(strange) ||
    one.getAttributeNames().some((name) => name.startsWith("on")) ||
    runs.test(one.getAttribute("href") ?? one.getAttribute("src") ?? "");
  return [...document.querySelectorAll("*")]
    .filter((one) => bad(one) && !one.closest(".maplibregl-map"))
    .map((one) => one.outerHTML.slice(0, 200));
};
