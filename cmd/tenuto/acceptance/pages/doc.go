// Package pages has a real browser use the console of the real binary, page by page: Chromium, signed in by the link that the binary prints.
//
//	console(t) ─▶ tenuto dev, in memory ─▶ browse ─▶ open · fill · press · shows ─▶ ends: nothing that a page did was refused, nothing asked for elsewhere
//	                                                     └▶ sound: axe finds no barrier, the page is small and asks little
//
// Every journey has a server and a browser profile of its own, so journeys do not meet; one Chromium serves all. With TENUTO_SCREENSHOTS=DIR, each page that a
// journey calls sound is also drawn into DIR: light and dark, wide and narrow (`make screenshots`).
package pages
