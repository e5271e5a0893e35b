// Package storetest is the one suite that every driver of the storage contract passes, and Faulty, a store that fails on demand.
//
//	storetest.Run(t, open)   the contract, point by point: atomicity, conflicts, fences, order, paging, precision, isolation
//	storetest.Faulty         fails the n-th commit before or after applying it, or holds it: what owners of shards are tested with
//
// The suite knows no driver and no SQL. It checks what a caller can see, through the interfaces of package store alone.
package storetest
