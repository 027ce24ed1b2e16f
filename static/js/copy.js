// Copies what a field holds, and says so beside the button. Where pages come without TLS there is no clipboard but by
// the old command, which takes what is selected.
"use strict";

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  const isCopied = navigator.clipboard
    ? await navigator.clipboard.writeText(field.value).then(() => true, () => false)
    : document.execCommand("copy");
  button.nextElementSibling.textContent = isCopied ? button.dataset.copied : button.dataset.selected;
});
