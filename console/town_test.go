package console

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

// leftovers says what is left of deleted namespaces; and it is a recorder that has lost some.
type leftovers map[orchestration.NamespaceID]int64

func (l leftovers) Remaining(_ context.Context, id orchestration.NamespaceID) (int64, error) {
	return l[id], nil
}

func (leftovers) Waiting() int   { return 2 }
func (leftovers) Dropped() int64 { return 7 }

// used is what each namespace has used.
type used struct {
	hours []store.UsageHour
	held  store.Stock
}

func (u *used) Usage(context.Context, orchestration.NamespaceID, store.Hour) ([]store.UsageHour, store.Stock, error) {
	return u.hours, u.held, nil
}
