// Package callsite remembers where in application code something was asked for, so that an error can say
// "bank.TransferFunds (transfer.go:42)" and not name a line of this SDK.
//
// Capturing is cheap (program counters only) and done for every command; turning them into text is not, and is done for errors
// and stack queries.
package callsite
