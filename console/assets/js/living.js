// A part of a page that is asked for again by itself is left alone while somebody is about to follow a link, types into it, has ticked something, or has opened a row: rows never move under the pointer.
"use strict";
document.addEventListener("htmx:beforeRequest", (event) => {
	const about = document.querySelector("main :is(a, button, summary):is(:hover, :focus-visible)") || event.target.querySelector(":is(input, select, textarea):focus, input:checked, table details[open]");
	if (event.target.matches("[data-living]") && about) {
		event.preventDefault();
	}
});
