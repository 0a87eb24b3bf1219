// Switch the language where the page stands.
async ([language, file]) => {
  const entry = document.querySelector("script[type=module]").src;
  const { speak } = await import(
    new URL(entry.includes("/go/") ? "../lib/i18n.js" : "lib/i18n.js", entry).href
  );
  await speak(language, file);
};
