// htmx leaves the address of the page in the storage of the tab, where the next one who signs in would find it. It does without, so it is taken away again.
{
	const forget = () => sessionStorage.removeItem("htmx-current-path-for-history");
	forget();
	for (const event of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) document.addEventListener(event, forget);
}
