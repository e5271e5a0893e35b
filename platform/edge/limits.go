package edge

import "time"

// Limits that only requests know; those of runs are in package orchestration. docs/limits.md lists each with its error and its test.
const (
	MaxDuration            = 100 * 365 * 24 * time.Hour // longer timeouts and delays are taken as this one: times stay far from overflow
	MinLongPoll            = time.Second                // a long poll with less time left than this is refused
	LongPollMargin         = time.Second                // a long poll is answered this long before its caller's deadline
	MaxSearchAttributes    = 100                        // keys of one request
	MaxFairnessKeyLength   = 64                         // bytes
	MaxSummarySize         = 400                        // bytes: user metadata, one-line summary
	MaxDetailsSize         = 20000                      // bytes: user metadata, details
	MaxWorkerHeartbeats    = 1000                       // of one request
	MaxWorkerHeartbeatSize = 16 << 10                   // bytes: what one worker says of itself
	MaxLinks               = 10                         // of one request
	MaxLinkSize            = 4000                       // bytes: one link
	MaxPageSize            = 1000                       // rows or events of one page; a larger wish is taken as this one
	MaxSendSize            = 128 << 20                  // bytes: one gRPC response
)
