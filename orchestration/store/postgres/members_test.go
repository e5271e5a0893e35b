//go:build unix

package postgres_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/orchestration/store/storetest"
	"github.com/tenuto-io/tenuto/platform/database/pgtest"
)

func TestMembers(t *testing.T) {
	storetest.RunMembers(t, func(t *testing.T) func() storetest.Process {
		url := pgtest.Database(t, room)
		return func() storetest.Process {
			_, s := open(t, url)
			return storetest.Process{Members: s, Store: s, Reader: s}
		}
	})
}
