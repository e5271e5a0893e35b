package callsite_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/sdk/internal/callsite"
)

// library stands for a function of the SDK that application code calls.
func library() callsite.Site { return callsite.Capture() }

func application() callsite.Site { return library() }

func generic[T any](T) callsite.Site { return library() }

func TestSiteNamesTheCaller(t *testing.T) {
	if got := application().String(); !strings.HasPrefix(got, "callsite_test.application (callsite_test.go:") {
		t.Errorf("got %s", got)
	}
	if got := generic(map[string]callsite.Site{}).String(); !strings.HasPrefix(got, "callsite_test.generic[...] (callsite_test.go:") {
		t.Errorf("got %s", got)
	}
}

func TestTraceShowsTheApplicationOnly(t *testing.T) {
	site := reflect.ValueOf(application).Call(nil)[0].Interface().(callsite.Site)
	trace := site.Trace()
	if !strings.Contains(trace, "callsite_test.application\n\t") || !strings.Contains(trace, "TestTraceShowsTheApplicationOnly") {
		t.Errorf("trace:\n%s", trace)
	}
	for _, unwanted := range []string{"reflect.", "runtime.", "callsite.Capture"} {
		if strings.Contains(trace, unwanted) {
			t.Errorf("%s in trace:\n%s", unwanted, trace)
		}
	}
}

func TestUnknownPlace(t *testing.T) {
	var site callsite.Site
	if site.String() != "an unknown place" || site.Trace() != "" {
		t.Errorf("%q, %q", site.String(), site.Trace())
	}
}
