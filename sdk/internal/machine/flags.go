package machine

import (
	"slices"

	historypb "go.temporal.io/api/history/v1"
)

// flag names a way of behaving that came into the official Go SDK after its first version. A run that behaves so says it in the
// completion of the workflow task, and whoever replays the run does the same. This SDK always behaves the newer way; it sets a
// flag where an official worker would otherwise choose the older one, and not before, since an old worker refuses a flag it does not know.
type flag = uint32

const (
	// flagVersionLimit: versions are not indexed once they are too many for the search attribute.
	flagVersionLimit flag = 1
	// flagChildError: a child that cannot be asked for settles also the future of its start.
	flagChildError flag = 2
	// flagMessageCommands: a command stands for each message of an update, in the order of all commands.
	flagMessageCommands flag = 3
	// flagUpdatesFirst: handlers of updates run before the workflow function.
	flagUpdatesFirst flag = 4
	// FlagSelectorDefault: no value is lost to a Selector whose default case blocks.
	FlagSelectorDefault flag = 5
	// FlagSelectorOrder goes with it: the values stay in order.
	FlagSelectorOrder flag = 8
	// FlagAwaitCancelsTimer: AwaitWithTimeout cancels its timer when the condition holds. Only runs whose history says so do that.
	FlagAwaitCancelsTimer flag = 6
	// FlagOrderedCancel: the scopes within a cancelled scope are cancelled in the order in which they were made.
	FlagOrderedCancel flag = 9
)

// flags are those that the run has.
type flags struct {
	set []flag
	// fresh are those that no completion has told yet.
	fresh []flag
	// told are those that the completion of the last task told.
	told []flag
}

// Uses reports whether the history or this task set a flag.
func (r *Run) Uses(f flag) bool { return slices.Contains(r.flags.set, f) }

// Use sets flags, for code that behaves in their way.
func (r *Run) Use(all ...uint32) {
	for _, f := range all {
		r.use(f)
	}
}

func (r *Run) use(f flag) {
	if !r.Replaying && !r.Uses(f) {
		r.flags.set = append(r.flags.set, f)
		r.flags.fresh = append(r.flags.fresh, f)
	}
}

// TakeFlags returns the flags to tell with the completion of the task.
func (r *Run) TakeFlags() []uint32 {
	r.flags.told, r.flags.fresh = r.flags.fresh, nil
	return r.flags.told
}

// learnFlags reads those that the completion of the replayed task told: they hold from the beginning of that task.
func (r *Run) learnFlags(answers []*historypb.HistoryEvent) {
	for _, event := range answers {
		for _, f := range event.GetWorkflowTaskCompletedEventAttributes().GetSdkMetadata().GetLangUsedFlags() {
			if !r.Uses(f) {
				r.flags.set = append(r.flags.set, f)
			}
		}
	}
}
