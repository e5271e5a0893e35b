package view

// SignInReason says why the sign-in page is shown.
type SignInReason int

// The reasons.
const (
	SignInNeeded SignInReason = iota // no session, or it timed out
	LinkUsed                         // the link was redeemed before, has expired, or never was
	LinkPrinted                      // a new link is in the terminal
	LinkTooSoon                      // one was printed seconds ago
)
