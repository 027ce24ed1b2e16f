// What every request of htmx has in common: the CSRF token as it is now, since signing in in another tab changes it after
// the form was drawn; and what was typed is not lost when the user was signed out meanwhile (401).
"use strict";

(() => {
  document.documentElement.classList.add("has-scripts");

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
    if (detail.verb === "get" || !token) return;
    detail.headers["X-CSRFToken"] = token;
    detail.formData.delete("csrfmiddlewaretoken"); // else Django looks at that one alone
  });

  const dialog = document.getElementById("signed-out");
  let refused = null; // the form that was refused, still as it was typed

  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status !== 401 || detail.requestConfig.verb === "get") return;
    refused = detail.elt;
    if (!dialog.open) dialog.showModal();
  });

  dialog?.addEventListener("click", ({ target }) => {
    if (target.closest("[data-again]")) {
      dialog.close();
      refused?.requestSubmit?.();
    }
    if (target.closest("[data-close]")) dialog.close();
  });
})();
