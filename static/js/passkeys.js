// Joins the buttons for passkeys to django-allauth's scripts, and says on the page when it did not work.
"use strict";

(() => {
  const { forms } = window.allauth.webauthn;
  const error = document.getElementById("passkey_error");
  const data = document.getElementById("passkey_data") ? "passkey_data" : undefined;

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault(); // else it is logged as a fault of the page
    error.textContent = error.dataset.failed;
    error.hidden = false;
  });

  const alone = document.getElementById("passkey_alone");
  if (alone) alone.checked = true; // where django-allauth has a box to tick: a passkey of ours signs in by itself

  for (const button of document.querySelectorAll("[data-passkey]")) {
    const ids = { credential: "passkey_credential", passwordless: "passkey_alone", data };
    const action = { addForm: "add", loginForm: "login", authenticateForm: "authenticate" }[button.dataset.passkey];
    forms[button.dataset.passkey]({ ids: { ...ids, [action]: button.id } });
  }
})();
