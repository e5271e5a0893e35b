// Package console is the web console: server-rendered pages over the engine's reads, complete without JavaScript.
//
//	request ─▶ guard (peer, host, cross-site, headers) ─▶ route ─▶ session ─▶ page ─▶ view (templ)
//	                                                        │
//	                                              routes.go: the one table
//
// # Sign-in
//
// The console of `tenuto dev` has one user, the person at the machine, and no identity provider. Whoever can read the terminal is that
// person: the process prints a link with a one-time token there. Opening the link shows a button, and pressing it redeems the token for a
// session. A link preview or a prefetch therefore redeems nothing.
//
// Tokens and session ids are 256 random bits; only their SHA-256 is kept, in memory, so a restart ends every session. A link lives
// LinkLifetime. Whoever meets a used or expired link can ask, from the sign-in page, for another: it is printed in the terminal, never shown
// in the browser, so asking gives nothing to somebody who cannot read the terminal.
//
// # What the guard refuses
//
// Peers that are not loopback; Host headers other than the console's own (DNS rebinding); posts from another origin. State changes on POST
// only. Pages run no script and allow none.
package console
