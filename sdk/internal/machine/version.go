package machine

import (
	"fmt"
	"maps"
	"slices"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

// Keys of a version marker's details.
const (
	versionChangeID = "change-id"
	versionNumber   = "version"
	// versionIndexed is there and false if no search attribute was upserted with the marker.
	versionIndexed = "version-search-attribute-updated"
)

// changeVersions is the search attribute by which the runs of a version of the code are found.
const changeVersions = "TemporalChangeVersion"

// changeVersionsLimit is the encoded size from which the search attribute is left alone: servers refuse longer ones.
const changeVersionsLimit = 2048

// NoVersion is the version of code that ran before there was a choice.
const NoVersion = -1

// UnsupportedVersionError says that the code can no longer, or not yet, do what it did when the history was made.
type UnsupportedVersionError struct {
	ChangeID string
	// Version is the one that the run has, Min and Max those that the code has.
	Version, Min, Max int
}

// Error says which way out there is.
func (e *UnsupportedVersionError) Error() string {
	age := "older than the code knows: the branch was removed while runs still need it"
	if e.Version > e.Max {
		age = "newer than the code knows: a worker with newer code has had this run"
	}
	return fmt.Sprintf("change %q: the run has version %d, the code %d to %d, so the run is %s", e.ChangeID, e.Version, e.Min, e.Max, age)
}

// Version returns the version of a change that the run has: the one recorded, the newest for a run that comes here for the first
// time, and [NoVersion] for one that came by before the change. Unlike other commands these may be missing in replay: the code may stop
// asking about a change.
func (r *Run) Version(changeID string, oldest, newest int) (int, error) {
	r.mutating("GetVersion")
	version, known := r.versions[changeID]
	if !known {
		version = newest
		if r.Replaying {
			version = NoVersion
		} else if err := r.recordVersion(changeID, version); err != nil {
			return 0, err
		}
		r.setVersion(changeID, version)
	}
	if version < oldest || version > newest {
		r.scheduler.Halt(&UnsupportedVersionError{ChangeID: changeID, Version: version, Min: oldest, Max: newest})
	}
	return version, nil
}

func (r *Run) setVersion(changeID string, version int) {
	if r.versions == nil {
		r.versions = make(map[string]int)
	}
	r.versions[changeID] = version
}

func (r *Run) recordVersion(changeID string, version int) error {
	id, err := r.config.Data.ToPayloads(changeID)
	if err != nil {
		return err
	}
	number, err := r.config.Data.ToPayloads(version)
	if err != nil {
		return err
	}
	details := map[string]*commonpb.Payloads{versionChangeID: id, versionNumber: number}
	names := sdk.KeywordList(r.versionNames(changeID, version)...).Payload()
	delete(names.Metadata, "type") // servers know it, and the official SDK does not send it
	indexed := len(names.GetData()) < changeVersionsLimit
	if !indexed {
		r.use(flagVersionLimit)
		if details[versionIndexed], err = r.config.Data.ToPayloads(false); err != nil {
			return err
		}
	}
	r.recordMarker(marker{name: versionMarker, details: details})
	if indexed {
		r.use(flagVersionLimit)
		r.upsertSearchAttributes(&commonpb.SearchAttributes{IndexedFields: map[string]*commonpb.Payload{changeVersions: names}})
	}
	return nil
}

// versionNames lists all versions of the run as the search attribute has them, the new one first.
func (r *Run) versionNames(changeID string, version int) []string {
	names := []string{fmt.Sprintf("%s-%d", changeID, version)}
	for _, id := range slices.Sorted(maps.Keys(r.versions)) {
		names = append(names, fmt.Sprintf("%s-%d", id, r.versions[id]))
	}
	return names
}

// preloadVersion reads the marker that comes first. It and its search attribute keep their places in the numbering of events even if the
// code asks no more.
func (r *Run) preloadVersion(events []*historypb.HistoryEvent) error {
	details := events[0].GetMarkerRecordedEventAttributes().GetDetails()
	var changeID string
	var version int
	if err := r.config.Data.FromPayloads(details[versionChangeID], &changeID); err != nil {
		return err
	}
	if err := r.config.Data.FromPayloads(details[versionNumber], &version); err != nil {
		return err
	}
	r.setVersion(changeID, version)
	if r.taken == nil {
		r.taken = make(map[int64]bool)
	}
	r.taken[events[0].GetEventId()] = true
	if len(events) > 1 && isVersionUpsert(events[1]) {
		r.taken[events[1].GetEventId()] = true
	}
	return nil
}

func isVersionUpsert(event *historypb.HistoryEvent) bool {
	_, ok := event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields()[changeVersions]
	return ok
}

// skipVersion reports whether an event is of a version that the code did not ask about in this replay.
func (r *Run) skipVersion(event *historypb.HistoryEvent) bool {
	switch {
	case event.GetMarkerRecordedEventAttributes().GetMarkerName() == versionMarker:
		return len(r.unmatched) == 0 || r.unmatched[0].wire.GetRecordMarkerCommandAttributes().GetMarkerName() != versionMarker
	case isVersionUpsert(event):
		if len(r.unmatched) > 0 && asksVersionUpsert(r.unmatched[0].wire) {
			return false
		}
		r.mergeSearchAttributes(event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes())
		return true
	}
	return false
}

func asksVersionUpsert(c *commandpb.Command) bool {
	if c.GetCommandType() != enumspb.COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES {
		return false
	}
	_, ok := c.GetUpsertWorkflowSearchAttributesCommandAttributes().GetSearchAttributes().GetIndexedFields()[changeVersions]
	return ok
}
