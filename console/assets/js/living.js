// A part of a page that is asked for again by itself is left alone while somebody is about to follow a link: rows never move under the pointer.
"use strict";
document.addEventListener("htmx:beforeRequest", (event) => {
	if (event.target.matches("[data-living]") && document.querySelector("main :is(a, button, summary):is(:hover, :focus-visible)")) {
		event.preventDefault();
	}
});
