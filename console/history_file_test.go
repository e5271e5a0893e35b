package console

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

const historyFile = "/t/default/ns/default/history-file"

// upload sends a file, as a browser does, with what else the form has.
func (b *bench) upload(text string, more ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "run <b>.json")
	must(b.t, err)
	_, err = part.Write([]byte(text))
	must(b.t, err)
	for i := 0; i < len(more); i += 2 {
		must(b.t, m.WriteField(more[i], more[i+1]))
	}
	must(b.t, m.Close())
	r := httptest.NewRequest(http.MethodPost, historyFile, &body)
	r.Host, r.RemoteAddr = testAddr, "127.0.0.1:50000"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.send(r)
}

// fileOf is a history of so many events as JSON.
func fileOf(t *testing.T, length int64) string {
	t.Helper()
	h := &historypb.History{Events: []*historypb.HistoryEvent{began()}}
	for id := int64(2); id <= length; id++ {
		h.Events = append(h.Events, activityEvent(id))
	}
	text, err := protojson.Marshal(h)
	must(t, err)
	return string(text)
}

// A history is shown from a file alone: nothing is asked of the engine.
func TestHistoryOfAFile(t *testing.T) {
	b := newBench(t).signIn()
	answered(t, b.get(historyFile), http.StatusOK, `enctype="multipart/form-data"`)
	w := b.upload(fileOf(t, 1000))
	answered(t, w, http.StatusOK, "run &lt;b&gt;.json", "Page 1 of 10", "Transfer", "1\u202f000 events")
	if w.Body.Len() > 200<<10 {
		t.Errorf("%d bytes", w.Body.Len())
	}
	answered(t, b.upload(fileOf(t, 1000), "page", "10"), http.StatusOK, `id="event-1000"`, "Page 10 of 10")
	answered(t, b.upload(fileOf(t, 1000), "page", "11"), http.StatusOK, "Page 11 of 10")
	answered(t, b.upload(`{"events":[{"eventId":"1","eventType":"WorkflowExecutionStarted","unknown":1}]}`), http.StatusOK, `id="event-1"`) // as older tools write it
	if b.runs.described != nil || b.runs.read != nil || b.engine.asked || b.engine.listed.PageSize != 0 {
		t.Error("the engine was asked")
	}
}

// What is no history is refused, in words; whatever it is, the server lives on.
func TestFilesThatAreNoHistory(t *testing.T) {
	b := newBench(t).signIn()
	for text, want := range map[string]string{
		"": "That is no history as JSON", "{}": "There are no events in the file.", `{"events":[{"eventId":"x"}]}`: "That is no history as JSON", `{"events":[null]}`: "That is no history as JSON",
		strings.Repeat("[", 100_000): "That is no history as JSON", fmt.Sprintf(`{"events":[{"eventId":"1","x":%q}]}`, strings.Repeat("x", maxFile+maxForm)): "larger than 16 MB",
	} {
		answered(t, b.upload(text), http.StatusBadRequest, want)
	}
	answered(t, b.post(historyFile, nil), http.StatusBadRequest, "Choose a file.")
	answered(t, b.upload(`{"events":[{}, {"eventId":"-9","eventType":"EVENT_TYPE_TIMER_FIRED","timerFiredEventAttributes":{"startedEventId":"-9"}}, {"eventId":"-9"}]}`), http.StatusOK, "Timeline")
}

// Other forms stay small.
func TestOnlyTheFileMayBeLarge(t *testing.T) {
	b := newBench(t).signIn()
	r := httptest.NewRequest(http.MethodPost, aRun("/cancel"), strings.NewReader("reason="+strings.Repeat("x", 2*maxForm)))
	r.Host, r.RemoteAddr = testAddr, "127.0.0.1:50000"
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answered(t, b.send(r), http.StatusBadRequest, "The form is larger than 64 KB")
	for _, did := range b.runs.did {
		if strings.Contains(fmt.Sprint(did), "xxx") {
			t.Error("a large form was read")
		}
	}
}
