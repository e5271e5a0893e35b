package main

import (
	"maps"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
)

func TestPollingBetweenNodes(t *testing.T) {
	want := map[orchestration.NamespaceID]int64{{1}: 7, {2, 9}: 1 << 20}
	body := encodePolling(want)
	if got := decodePolling(body); !maps.Equal(got, want) {
		t.Errorf("%v came as %v", want, got)
	}
	if got := decodePolling(append(body, 1, 2, 3)); !maps.Equal(got, want) {
		t.Errorf("a message that was cut came as %v", got)
	}
}
