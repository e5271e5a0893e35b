// Package console is the web console: server-rendered pages over the engine's reads, complete without JavaScript.
//
//	request ─▶ guard (host, cross-site, headers) ─▶ route ─▶ admit (session, tenant, namespace, permission) ─▶ page ─▶ view (templ)
//	                                                  │
//	                                        routes.go: the one table, with who may use each
//
// # Who may see what
//
// A route says what it needs: nothing, a session, a tenant that the reader knows, or a permission in a namespace. What it needs is looked up before its handler runs, at
// every request, and nothing of it is remembered. A tenant that is not for the reader to know of, a namespace of another tenant than the address says, and
// what does not exist are answered alike. A reader without payload:read gets pages whose payloads never left the engine's answer.
//
// A page in front of somebody follows a stream of events, which ends with the first change after which that reader may not see the page any more; the page is then
// asked for again, and refused.
//
// # Administration
//
// A form of administration is a call of tenuto.admin.v1 (Administration), made for the reader: its rules and limits are behind the interface, and no page has a copy.
// The table of routes asks for the role or permission that the table of methods asks for. A form that is refused is shown again with what was typed and why; one that
// destroys asks for the name of what it destroys. Whatever a form has changed is committed, and recorded, before its page is left.
//
// # One run
//
// What pages of a run ask and do are calls of WorkflowService (Runs), made for the reader: another node answers where it has the workflow, and permits, limits and
// validation are behind the interface, as with administration.
//
// # Two ways in
//
// By identity providers (providers.go): the desk of tenants/signin has the sessions; its cookie is __Host-, Secure, HttpOnly, SameSite=Lax.
//
// By the terminal (terminal.go), for `tenuto dev` and for a server without provider: one user, the person at the machine. Whoever can read the terminal is that
// person: the process prints a link with a one-time token there. Opening the link shows a button, and pressing it redeems the token for a
// session. A link preview or a prefetch therefore redeems nothing.
// Tokens and session ids are 256 random bits; only their SHA-256 is kept, in memory, so a restart ends every session. A link lives
// LinkLifetime. Whoever meets a used or expired link can ask, from the sign-in page, for another: it is printed in the terminal, never shown
// in the browser, so asking gives nothing to somebody who cannot read the terminal.
//
// # What the guard refuses
//
// Host headers other than the console's own (DNS rebinding); posts from another origin; without identity provider, peers that are not loopback. State changes on POST
// only, but for the return from a provider, which only the browser that was sent there can make. Pages allow no script but the console's own (console/assets), and are whole without it.
package console
