// Package signin lets people in by identity providers, and keeps their sessions.
//
//	POST  Begin  ─▶ attempt stored ─▶ browser goes to the provider
//	GET   Finish ─▶ attempt taken ─▶ provider asked ─▶ person, groups, session stored ─▶ cookie
//	each request: Who ─▶ session, not idle, not over ─▶ refreshed when it is due ─▶ Principal
//	POST  End    ─▶ session deleted ─▶ refresh token given back ─▶ browser goes to the provider, to end its session, too
//	POST  LoggedOut, by the provider ─▶ sessions within its own deleted ─▶ provider answered ─▶ refresh tokens given back
//
// A session is a row in the database; the cookie holds 256 random bits, of which the row has the SHA-256. Nothing of a session is remembered by a node, so
// that it ends everywhere with the commit that deletes it, and so does what a person may do with the commit that takes it away.
//
// # How long a session lasts
//
//	Idle      without a request
//	Absolute  from sign-in
//	Vouched   since the provider has last said that the person is still who it was
//
// The provider is asked every RefreshEvery at which the session is used, by one request of one node: the others go on with what is known. What it says
// replaces the groups that the person is in. If it says no, the session ends. If it does not answer, the session goes on until Vouched is over. A provider
// that tells of logouts (back-channel) need not be asked: the sessions that began within its own end with the commit that notes the message, and none begins
// within one that is over. A provider that gives no
// refresh token cannot be asked, so its sessions last Vouched.
//
// # First administrator
//
// Nobody is an operator because of being first. Either the configuration names identities, or whoever reads the terminal of the server follows the link that
// it prints; the link counts once, for half an hour, and only while there is no operator.
package signin
