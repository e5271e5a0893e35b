// Buttons that copy what stands beside them. Without script there are none.
"use strict";
{
	const offer = () => {
		for (const button of document.querySelectorAll("button[data-copy][hidden]")) button.hidden = !navigator.clipboard;
	};
	offer();
	document.addEventListener("htmx:afterSettle", offer);
	addEventListener("click", async (event) => {
		const button = event.target.closest("button[data-copy]");
		if (!button) return;
		const said = button.querySelector("[role=status]");
		try {
			await navigator.clipboard.writeText(button.dataset.copy);
			said.textContent = " Copied";
		} catch {
			said.textContent = " The browser does not let this page copy";
		}
	});
}
