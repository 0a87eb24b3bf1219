// Switch the language of the page without reloading it.
async ([language, file]) => {
  const entry = document.querySelector("script[type=module]").src;
  const { speak } = await import(
    new URL(entry.includes("/go/") ? "../lib/i18n.js" : "lib/i18n.js", entry).href
  );
  await speak(language, file);
};
