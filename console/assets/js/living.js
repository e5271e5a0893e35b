// A part of a page that is asked for again by itself is left alone while somebody is about to follow a link in it: rows never move under the pointer.
"use strict";
document.addEventListener("htmx:beforeRequest", (event) => {
	const part = event.target;
	if (part.matches("[data-living]") && part.querySelector("a:hover, a:focus-visible, button:hover, button:focus-visible")) {
		event.preventDefault();
	}
});
