// Package storetest is the suites that every driver of the storage contract passes, and Faulty, a store that fails on demand.
//
//	storetest.Run(t, open)         the contract, point by point: atomicity, conflicts, fences, order, paging, precision, isolation
//	storetest.RunMembers(t, open)  what nodes share a database by: leases, fencing, owners of shards, and all of it at once
//	storetest.Faulty               fails the n-th commit before or after applying it, or holds it: what owners of shards are tested with
//
// The suites know no driver and no SQL. They check what a caller can see, through the interfaces of package store alone.
package storetest
