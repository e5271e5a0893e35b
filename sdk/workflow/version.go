package workflow

// DefaultVersion is the version of a change that runs have which came by before the change was made.
const DefaultVersion = -1

// GetVersion tells which branch of changed code a run takes. A run that comes here for the first time gets newest, and keeps it for the
// rest of its life; one that came by before the change, in an earlier form of the code, has [DefaultVersion]. The version is recorded in the
// history and in the search attribute TemporalChangeVersion, by which runs of a version are found.
//
//	if workflow.GetVersion(ctx, "charge first", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
//		… as it was
//	} else {
//		… as it is now
//	}
//
// When no open run has a version any more, raise oldest and remove its branch; at last remove the call. A run whose version is not between
// oldest and newest fails its workflow task, until a worker has code for it.
func GetVersion(ctx Context, changeID string, oldest, newest int) int {
	version, err := runOf(ctx).Version(changeID, oldest, newest)
	if err != nil {
		panic(err)
	}
	return version
}
