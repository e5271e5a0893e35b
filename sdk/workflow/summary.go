package workflow

import (
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// summaryOf returns the metadata for a line that people read, nil for an empty line.
func summaryOf(run *machine.Run, summary string) (*sdkpb.UserMetadata, error) {
	return userMetadata(run, summary, "")
}

// userMetadata returns the metadata for a line and a text that people read, nil if both are empty.
func userMetadata(run *machine.Run, summary, details string) (metadata *sdkpb.UserMetadata, err error) {
	if summary == "" && details == "" {
		return nil, nil
	}
	metadata = &sdkpb.UserMetadata{}
	if summary != "" {
		if metadata.Summary, err = run.Data().ToPayload(summary); err != nil {
			return nil, err
		}
	}
	if details != "" {
		if metadata.Details, err = run.Data().ToPayload(details); err != nil {
			return nil, err
		}
	}
	return metadata, nil
}
