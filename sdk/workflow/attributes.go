package workflow

import (
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/sdk"
)

var errNothingToUpsert = errors.New("workflow: nothing to upsert")

// changeVersions is the search attribute that [GetVersion] keeps.
const changeVersions = "TemporalChangeVersion"

var errReserved = errors.New("workflow: the search attribute " + changeVersions + " is that of GetVersion")

// UpsertSearchAttributes adds or replaces search attributes of the run; [sdk.Unset] removes one. The server must know their names
// and types, or it fails the workflow task. It returns an error for an empty list, and for the attribute that [GetVersion] keeps.
func UpsertSearchAttributes(ctx Context, attributes sdk.SearchAttributes) error {
	if len(attributes) == 0 {
		return errNothingToUpsert
	}
	if _, reserved := attributes[changeVersions]; reserved {
		return errReserved
	}
	runOf(ctx).UpsertSearchAttributes(attributes.Proto())
	return nil
}

// SearchAttribute returns the value of a search attribute of the run, with the changes made so far. It returns false if there is none.
func SearchAttribute[T any](ctx Context, key sdk.SearchAttributeKey[T]) (value T, ok bool, err error) {
	return key.Get(&commonpb.SearchAttributes{IndexedFields: runOf(ctx).SearchAttributes()})
}

// UpsertMemo adds or replaces fields of the run's memo; a nil value removes one. It returns an error for an empty list or a value
// that cannot be encoded, and then changes nothing.
func UpsertMemo(ctx Context, fields map[string]any) error {
	if len(fields) == 0 {
		return errNothingToUpsert
	}
	run := runOf(ctx)
	memo, err := memoFields(run, fields)
	if err != nil {
		return fmt.Errorf("workflow: %w", err)
	}
	run.UpsertMemo(&commonpb.Memo{Fields: memo})
	return nil
}

// Memo decodes a field of the run's memo, with the changes made so far. It returns false if there is no such field.
func Memo[T any](ctx Context, key string) (value T, ok bool, err error) {
	run := runOf(ctx)
	payload, ok := run.Memo()[key]
	if !ok {
		return value, false, nil
	}
	if err := run.Data().FromPayload(payload, &value); err != nil {
		return value, true, fmt.Errorf("workflow: memo %q: %w", key, err)
	}
	return value, true, nil
}
