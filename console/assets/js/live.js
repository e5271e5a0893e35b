// Leaves a page as soon as its reader may not see it any more: the server says so on a stream, and the page is asked for again.
// A page whose stream says that something has changed has its parts with hx-trigger="changed from:body" asked for again.
// A hidden page needs no stream: it looks again when it is shown. A browser opens few connections to one place.
"use strict";
{
	const address = document.currentScript.dataset.stream;
	let stream = null;
	const stop = () => {
		stream?.close();
		stream = null;
	};
	const follow = () => {
		if (document.hidden) {
			stop();
		} else if (!stream) {
			stream = new EventSource(address);
			stream.addEventListener("changed", () => document.body.dispatchEvent(new Event("changed")));
			stream.addEventListener("end", () => {
				stop();
				location.reload();
			});
			// Refused at once: what the page may show has changed while it was on its way.
			stream.addEventListener("error", () => {
				if (stream?.readyState === EventSource.CLOSED) {
					stop();
					setTimeout(() => location.reload(), 1000);
				}
			});
		}
	};
	if (address) {
		document.addEventListener("visibilitychange", follow);
		addEventListener("beforeunload", stop); // a reload would stop the way out: signing out ends the stream, too
		follow();
	}
}
