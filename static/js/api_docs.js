// Shows the API's description. Calls can be tried with a token, which stays on this page; no other host is asked.
"use strict";

SwaggerUIBundle({
  url: document.querySelector("[data-document]").dataset.document,
  dom_id: "#operations",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  docExpansion: "list",
  validatorUrl: null,
});
