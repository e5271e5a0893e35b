// A form that says so of itself is shown again with why it was refused, also where it is sent by htmx.
"use strict";
document.addEventListener("htmx:beforeSwap", (event) => {
	if (event.detail.xhr.status === 400 && event.detail.requestConfig.elt.matches("[data-refusable]")) event.detail.shouldSwap = true;
});
