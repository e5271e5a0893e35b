package workflow

import (
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/machine"
)

// summaryOf returns the metadata for a line that people read, nil for an empty line.
func summaryOf(run *machine.Run, summary string) (*sdkpb.UserMetadata, error) {
	if summary == "" {
		return nil, nil
	}
	payload, err := run.Data().ToPayload(summary)
	if err != nil {
		return nil, err
	}
	return &sdkpb.UserMetadata{Summary: payload}, nil
}
