"use strict";
window.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  docExpansion: "none",
  deepLinking: true,
  filter: true,
  validatorUrl: null,
});
