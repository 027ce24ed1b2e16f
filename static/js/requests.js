// What every request of htmx has in common: the CSRF token as it is now, since signing in in another tab changes it after
// the form was drawn; what was typed is not lost when the user was signed out meanwhile (401); and its end is heard.
"use strict";

(() => {
  document.documentElement.classList.add("has-scripts");

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
    if (detail.verb === "get" || !token) return;
    detail.headers["X-CSRFToken"] = token;
    detail.formData.delete("csrfmiddlewaretoken"); // else Django looks at that one alone
  });

  // htmx tells the end of a request to what was pressed, and nobody hears that when another answer has taken it out of the
  // page. So `request:end` tells it to the page: what beforeSend had, and how it ended.
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    for (const outcome of ["load", "error", "timeout", "abort"]) {
      const tell = () => document.dispatchEvent(new CustomEvent("request:end", { detail: { ...detail, outcome } }));
      detail.xhr.addEventListener(outcome, tell);
    }
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
