package telemetry

import (
	"strings"
	"testing"
)

func TestParseCollector(t *testing.T) {
	for _, good := range []string{"http://127.0.0.1:4318", "https://collector.example/otlp", "grpc://[::1]:4317", "grpcs://collector:4317/"} {
		if u, err := ParseCollector(good); err != nil || u.Host == "" {
			t.Errorf("%s: %v, %v", good, u, err)
		}
	}
	for _, bad := range []string{
		"", "collector:4317", "ftp://collector", "http://", "grpc://collector:4317/v1/traces", "https://me:hunter2@collector", "http://collector?key=hunter2", "http://hunter2\x7f",
	} {
		if _, err := ParseCollector(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
