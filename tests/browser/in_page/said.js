// All texts of the page, those in fields among them.
() =>
  document.body.textContent +
  [...document.querySelectorAll("input, textarea, option")].map((one) => one.value).join(" ");
