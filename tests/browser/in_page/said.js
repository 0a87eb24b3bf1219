// Return all texts of the page, including the values of fields.
() =>
  document.body.textContent +
  [...document.querySelectorAll("input, textarea, option")].map((one) => one.value).join(" ");
