package engine

import (
	"math/rand/v2"

	batchpb "go.temporal.io/api/batch/v1"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tenuto-io/tenuto/orchestration/history"
)

// ofType selects the activities that an order is about: those of a type, or all.
func ofType(op interface {
	GetType() string
	GetMatchAll() bool
}) history.ActivityChoice {
	return history.ActivityChoice{Type: op.GetType(), All: op.GetMatchAll()}
}

// jitterOf spreads the activities of one run; another run, or another try, draws anew.
func jitterOf(d *durationpb.Duration) history.Jitter {
	return history.Jitter{Most: max(0, d.AsDuration()), Seed: rand.Uint64()}
}

func unpauseOf(op *batchpb.BatchOperationUnpauseActivities) history.UnpauseActivities {
	return history.UnpauseActivities{
		ActivityChoice: ofType(op), ResetAttempts: op.GetResetAttempts(), ResetHeartbeat: op.GetResetHeartbeat(), Jitter: jitterOf(op.GetJitter()),
	}
}

func resetOf(op *batchpb.BatchOperationResetActivities) history.ResetActivities {
	return history.ResetActivities{
		ActivityChoice: ofType(op), KeepPaused: op.GetKeepPaused(), ResetHeartbeat: op.GetResetHeartbeat(),
		RestoreSettings: op.GetRestoreOriginalOptions(), Jitter: jitterOf(op.GetJitter()),
	}
}

func updateOf(op *batchpb.BatchOperationUpdateActivityOptions) history.UpdateActivities {
	return history.UpdateActivities{
		ActivityChoice: ofType(op), Options: op.GetActivityOptions(), Mask: op.GetUpdateMask().GetPaths(), Restore: op.GetRestoreOriginal(),
	}
}
