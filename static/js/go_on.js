// Presses "Go on" for work that takes longer than one request, until it is done.
"use strict";

document.querySelector("[data-going]")?.requestSubmit();
