// What every request of htmx has in common: the CSRF token as it is now, since signing in in another tab changes it after
// the form was drawn.
"use strict";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
  if (detail.verb === "get" || !token) return;
  detail.headers["X-CSRFToken"] = token;
  detail.formData.delete("csrfmiddlewaretoken"); // else Django looks at that one alone
});
