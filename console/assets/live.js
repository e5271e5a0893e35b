// Leaves a page as soon as its reader may not see it any more: the server says so on a stream, and the page is asked for again.
// A hidden page needs no stream: it looks again when it is shown. A browser opens few connections to one place.
"use strict";
{
	const address = document.currentScript.dataset.stream;
	let stream = null;
	const follow = () => {
		if (document.hidden) {
			stream?.close();
			stream = null;
		} else if (!stream) {
			stream = new EventSource(address);
			stream.addEventListener("end", () => {
				stream.close();
				location.reload();
			});
		}
	};
	document.addEventListener("visibilitychange", follow);
	follow();
}
