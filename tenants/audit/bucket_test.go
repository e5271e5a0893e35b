package audit

import (
	"fmt"
	"testing"
	"time"
)

// Who has not been refused for a second is forgotten: there is no end of principals.
func TestBucketsAreForgotten(t *testing.T) {
	var b buckets
	now := time.Unix(1_700_000_000, 0)
	for i := range 1000 {
		for range refusedRate {
			if !b.take(fmt.Sprint(i), now) {
				t.Fatal("a token is missing")
			}
		}
	}
	if b.take("7", now) {
		t.Error("a token too many")
	}
	for range 5 {
		b.take("late", now.Add(900*time.Millisecond))
	}
	b.sweep(now.Add(time.Second))
	if len(b.of) != 1 || !b.take("7", now.Add(time.Second)) {
		t.Errorf("%d are left", len(b.of))
	}
}
