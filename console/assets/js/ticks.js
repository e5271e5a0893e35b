// The box above a column of boxes ticks all of them, and shows whether all are ticked. The rows of a living page come and go, so nothing is remembered.
"use strict";
{
	const boxes = (head) => [...head.closest("table").querySelectorAll("tbody input[type=checkbox]")];
	const show = (head) => {
		const all = boxes(head), ticked = all.filter((box) => box.checked).length;
		head.checked = all.length > 0 && ticked === all.length;
		head.indeterminate = ticked > 0 && ticked < all.length;
	};
	const heads = () => document.querySelectorAll("[data-tick-all]");
	for (const head of heads()) {
		head.hidden = false;
		show(head); // a browser that goes back keeps the ticks
	}
	document.addEventListener("change", (event) => {
		if (event.target.matches("[data-tick-all]")) {
			for (const box of boxes(event.target)) {
				box.checked = event.target.checked;
			}
		}
		heads().forEach(show);
	});
	document.addEventListener("htmx:afterSettle", () => heads().forEach(show));
}
