// Package redis keeps the token buckets of quotas in Redis, where the nodes of one installation share them.
//
//	tenuto:{INSTALLATION}:quota:1:NAMESPACE:KIND    when the bucket will be full again, in microseconds of the server's clock; gone when it is
//
// A bucket that Redis forgets is full: nothing here is worth keeping.
package redis
