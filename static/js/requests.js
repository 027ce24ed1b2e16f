// What every request of htmx has in common: the CSRF token as it is now, since signing in in another tab changes it after
// the form was drawn; what was typed is not lost when the user was signed out meanwhile (401); and its end is heard.
"use strict";

(() => {
  document.documentElement.classList.add("has-scripts");

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    // Of buttons beside their form htmx knows only those that it took over.
    detail.path = detail.triggeringEvent?.submitter?.getAttribute("formaction") ?? detail.path;
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
    if (detail.verb === "get" || !token) return;
    detail.headers["X-CSRFToken"] = token;
    detail.formData.delete("csrfmiddlewaretoken"); // else Django looks at that one alone
  });

  // htmx writes down the address of every boosted form, although `hx-push-url` says not to: "back" would lead nowhere.
  document.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history, requestConfig } }) => {
    if (requestConfig.elt.closest("[hx-push-url]")?.getAttribute("hx-push-url") === "true") return;
    Object.assign(history, { type: "replace", path: location.pathname + location.search + location.hash });
  });

  // htmx tells the end of a request to what was pressed, and nobody hears that when another answer has taken it out of the
  // page. So `request:end` tells it to the page: what beforeSend had, and how it ended.
  document.addEventListener("htmx:beforeSend", ({ detail }) => {
    for (const outcome of ["load", "error", "timeout", "abort"]) {
      const tell = () => document.dispatchEvent(new CustomEvent("request:end", { detail: { ...detail, outcome } }));
      detail.xhr.addEventListener(outcome, tell);
    }
  });

  // What is replaced is emptied first: of each element in it htmx would tell the end by two events, and look for its id in
  // the old and the new page, which made up half of a swap. By now all others have said whether it is to be replaced.
  window.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    if (detail.shouldSwap) detail.target.replaceChildren();
  });

  // An answer that is a page of its own, such as "nothing here", takes the place of nothing: what it says is shown over the
  // form, which stays as it was typed.
  const [signedOut, refused] = ["signed-out", "refused"].map((id) => document.getElementById(id));
  const unsaid = refused?.cloneNode(true); // of an answer that gives no reason
  let again = () => {};

  document.addEventListener("htmx:responseError", ({ detail: { xhr, requestConfig, elt } }) => {
    if (requestConfig.verb === "get" || xhr.status > 501) return;
    const dialog = xhr.status === 401 ? signedOut : refused;
    if (dialog === refused) {
      const answer = new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(".message");
      const said = answer ?? unsaid.cloneNode(true);
      dialog.querySelector("h2").replaceChildren(...said.querySelector("h1, h2").childNodes);
      dialog.querySelector("p").replaceChildren(...said.querySelector("p").childNodes);
      // The page is another user's: the form of the answer saves it as who is signed in now, and leads to their page.
      dialog.querySelector("form")?.remove();
      const form = xhr.status === 412 && said.querySelector("form");
      if (form) dialog.querySelector(".actions").prepend(form);
    }
    const { path, formData, headers, triggeringEvent } = requestConfig;
    const button = triggeringEvent?.submitter; // which says where to, and what it does: htmx looks at what was clicked
    again = () => {
      if (button?.isConnected) return button.click();
      if (elt.requestSubmit && elt.isConnected) return elt.requestSubmit();
      // No form, or the page has it anew by now.
      const values = Object.fromEntries([...formData.keys()].map((name) => [name, formData.getAll(name)]));
      bar.post(path, values, headers["X-Unsent"] && { "X-Unsent": headers["X-Unsent"] });
    };
    if (!dialog.open) dialog.showModal();
  });

  for (const dialog of [signedOut, refused]) {
    dialog?.addEventListener("click", ({ target }) => {
      if (target.closest("[data-again], [data-close]")) dialog.close();
      if (target.closest("[data-again]")) again();
    });
  }
})();
