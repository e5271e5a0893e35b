package shard

import (
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/orchestration"
)

// What may wait on one workflow at a time.
const (
	maxWatchers = 1000
	maxQueries  = 100
)

func busy(what string, most int) error {
	e := orchestration.Errorf(orchestration.ResourceExhausted, "too many %s wait on this workflow already (at most %d); try again later", what, most)
	e.Cause, e.Scope = enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW, enumspb.RESOURCE_EXHAUSTED_SCOPE_NAMESPACE
	return e
}
