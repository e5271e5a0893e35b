package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/tenants"
)

// sealed is a namespace with a codec.
var sealed = func() tenants.Namespace {
	n := defaultNamespace
	n.ID[0]++
	n.Name, n.Codec = "sealed", tenants.Codec{Endpoint: "https://codec.example:8443/x", Credentials: true}
	return n
}()

// Pages with payloads of a namespace that has a codec may ask it, and no others may ask anybody.
func TestWhichPagesAskTheCodec(t *testing.T) {
	b := newBench(t, sealed).signIn()
	b.runs.describe = running()
	const at = "/t/default/ns/sealed"
	for path, asks := range map[string]bool{
		at + "/workflows/a/" + someRun: true, at + "/workflows/a/" + someRun + "/data": true, at + "/workflows/a/" + someRun + "/again": true, at + "/bulk?query=": true, at + "/history-file": true,
		at + "/workflows": false, at + "/queues": false, aRun(""): false, aRun("/data"): false, "/tenants": false,
	} {
		w := b.get(path)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", path, w.Code)
		}
		policies := w.Header().Values("Content-Security-Policy")
		if got := len(policies) == 1 && strings.Contains(policies[0], "; connect-src 'self' https://codec.example:8443; "); got != asks {
			t.Errorf("%s: policy %q", path, policies)
		}
		if got := strings.Contains(w.Body.String(), `data-endpoint="https://codec.example:8443/x" data-namespace="sealed" data-credentials="true"`); got != asks {
			t.Errorf("%s tells of a codec: %v", path, got)
		}
	}
}

// Who may neither read payloads nor write any has no use for a codec.
func TestCodecIsForWhoHasPayloads(t *testing.T) {
	l := newLobby(t)
	endpoint := "https://codec.example"
	_, err := l.directory.Update(t.Context(), "bank.acme", tenants.Change{CodecEndpoint: &endpoint})
	must(t, err)
	must(t, role(tenants.Auditor)(l, l.person("auditor")))
	must(t, role(tenants.Developer)(l, l.person("developer")))
	for who, want := range map[string]bool{"auditor": false, "developer": true} {
		w := l.guest().enter(who).get("/t/acme/ns/bank.acme/history-file")
		answered(t, w, http.StatusOK)
		if got := strings.Contains(w.Header().Get("Content-Security-Policy"), endpoint) && strings.Contains(w.Body.String(), endpoint); got != want {
			t.Errorf("%s: %v", who, got)
		}
	}
}

// What a browser has had encoded is what is sent on, and input that was to be encoded is never sent as it is.
func TestEncodedInput(t *testing.T) {
	b := newBench(t).signIn()
	form := url.Values{"name": {"approve"}, "encode": {"true"}, "encoded": {`{"payloads":[{"metadata":{"encoding":"YmluYXJ5L3NlYWxlZA=="},"data":"eA=="}]}`}}
	if w := b.post(aRun("/signal"), form); w.Code != http.StatusSeeOther || len(b.runs.did) != 1 {
		t.Fatalf("%d, did %v\n%s", w.Code, b.runs.did, w.Body)
	}
	if got := b.runs.did[0].(interface{ String() string }).String(); !strings.Contains(got, `binary/sealed`) {
		t.Errorf("asked %s", got)
	}
	b.runs.did = nil
	form.Set("encoded", "{")
	answered(t, b.post(aRun("/signal"), form), http.StatusBadRequest, "What the codec made of the input cannot be read.")
	form.Del("encoded")
	form.Set("input", "7")
	answered(t, b.post(aRun("/signal"), form), http.StatusBadRequest, "Encoding the input takes JavaScript in your browser.")
	if len(b.runs.did) > 0 {
		t.Errorf("refused, and done: %v", b.runs.did)
	}
}
