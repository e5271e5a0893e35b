// What a hand on the keyboard can do: / finds, g and a letter goes to a page, j and k go through the rows of a table, ? tells all this. Never while something is typed.
"use strict";
{
	const typing = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
	const rows = () => [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a")).filter((link) => link);
	const step = (by) => {
		const all = rows(), at = all.indexOf(document.activeElement);
		all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
	};
	const help = () => {
		const dialog = document.getElementById("keys");
		dialog?.open ? dialog.close() : dialog?.showModal();
	};
	let going = 0; // when g was pressed
	addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
		const page = event.timeStamp - going < 1500 && document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
		going = 0;
		if (page) {
			page.click();
		} else if (event.key === "g") {
			going = event.timeStamp;
			return;
		} else if (event.key === "/") {
			document.querySelector("main input[type=search]")?.focus();
		} else if (event.key === "j" || event.key === "k") {
			step(event.key === "j" ? 1 : -1);
		} else if (event.key === "?") {
			help();
		} else {
			return;
		}
		event.preventDefault();
	});
	addEventListener("click", (event) => {
		if (event.target.closest("[data-help]")) help();
	});
}
