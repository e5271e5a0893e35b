package pages

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	sdkclient "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
)

// seal encrypts payloads with AES-GCM.
type seal struct{ cipher.AEAD }

func newSeal(t *testing.T) seal {
	block, err := aes.NewCipher([]byte("0123456789abcdef"))
	must(t, err)
	aead, err := cipher.NewGCM(block)
	must(t, err)
	return seal{aead}
}

func (s seal) Encode(all []*commonpb.Payload) (sealed []*commonpb.Payload, err error) {
	for _, p := range all {
		plain, err := proto.Marshal(p)
		if err != nil {
			return nil, err
		}
		nonce := make([]byte, s.NonceSize())
		_, _ = rand.Read(nonce)
		sealed = append(sealed, &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/encrypted")}, Data: s.Seal(nonce, nonce, plain, nil)})
	}
	return sealed, nil
}

func (s seal) Decode(all []*commonpb.Payload) (opened []*commonpb.Payload, err error) {
	for _, p := range all {
		if string(p.GetMetadata()["encoding"]) != "binary/encrypted" {
			return nil, errors.New("sent what is not encrypted")
		}
		plain, err := s.Open(nil, p.GetData()[:s.NonceSize()], p.GetData()[s.NonceSize():], nil)
		if err != nil {
			return nil, err
		}
		one := &commonpb.Payload{}
		if err := proto.Unmarshal(plain, one); err != nil {
			return nil, err
		}
		opened = append(opened, one)
	}
	return opened, nil
}

// codecServer is a codec server as the official SDK has it, for pages of one origin and one namespace.
type codecServer struct {
	*httptest.Server
	origin atomic.Value // string: whose pages may ask
	broken atomic.Bool  // it answers 500
	asked  atomic.Int64
	named  atomic.Value // string: the namespace of the last question
}

func newCodecServer(t *testing.T, codec converter.PayloadCodec, origin string) *codecServer {
	c := &codecServer{}
	c.origin.Store(origin)
	c.named.Store("")
	handler := converter.NewPayloadCodecHTTPHandler(codec)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", c.origin.Load().(string))
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace")
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		switch {
		case r.Method == http.MethodOptions:
			w.WriteHeader(http.StatusNoContent)
		case c.broken.Load():
			w.WriteHeader(http.StatusInternalServerError)
		default:
			c.asked.Add(1)
			c.named.Store(r.Header.Get("X-Namespace"))
			handler.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// keep keeps what it is given until it is told to give it back.
func keep(ctx workflow.Context, what map[string]any) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "release").Receive(ctx, &word)
	return word, nil
}

// Encrypted payloads are read by the browser, from the namespace's codec, and what is typed is encrypted before the server has it.
func TestCodecJourney(t *testing.T) {
	s := serve(t)
	codec := newSeal(t)
	c, err := sdkclient.Dial(sdkclient.Options{
		HostPort: s.grpc, Namespace: "default", Logger: silence{}, DataConverter: converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), codec),
	})
	must(t, err)
	t.Cleanup(c.Close)
	w := worker.New(c, "vault", worker.Options{})
	w.RegisterWorkflowWithOptions(keep, workflow.RegisterOptions{Name: "Keep"})
	must(t, w.Start())
	t.Cleanup(w.Stop)
	hostile := converter.NewRawValue(&commonpb.Payload{
		Metadata: map[string][]byte{"encoding": []byte("json/plain")},
		Data:     []byte(`{"n":12345678901234567890,"to":"<img src=x onerror=\"document.title='hurt'\">` + "\u202e\u2028" + `"}`),
	})
	run, err := c.ExecuteWorkflow(t.Context(), sdkclient.StartWorkflowOptions{ID: "vault-1", TaskQueue: "vault"}, "Keep", hostile)
	must(t, err)

	b := s.browse()
	server := newCodecServer(t, codec, s.console)
	b.mayAsk(server.URL)
	data := "/t/default/ns/default/workflows/vault-1/" + run.GetRunID() + "/data"
	b.open(data)
	b.shows("encoding binary/encrypted")

	b.open("/t/default/ns/default/settings")
	b.fill("#settings-codec", "http://codec.example")
	b.follow("Save")
	b.shows("is neither https:// nor http:// on the reader's own machine")
	b.fill("#settings-codec", server.URL)
	b.sound("settings-codec")
	b.follow("Save")
	b.shows("The settings are saved.")
	if server.asked.Load() != 0 {
		t.Error("the codec was asked by a page without payloads")
	}

	b.open(data)
	b.shows(`"n": 12345678901234567890`)
	b.shows(`"to": "<img src=x onerror=\"document.title='hurt'\">\u202e\u2028"`)
	b.until("nothing of it to be run", `document.title !== 'hurt' && document.querySelector('main img') === null`)
	b.sound("run-data-decoded")
	if got := server.named.Load(); got != "default" {
		t.Errorf("the codec was asked for namespace %q", got)
	}

	server.broken.Store(true)
	b.open(data)
	b.shows("The codec answered 500.")
	b.shows("encoding binary/encrypted")
	b.sound("run-data-codec-broken")
	server.broken.Store(false)
	server.origin.Store("https://elsewhere.example")
	b.open(data)
	b.shows("cannot be reached, or does not let this console ask it (CORS).")
	server.origin.Store(s.console)

	b.open(data)
	b.shows(`"n": 12345678901234567890`)
	b.follow("Signal")
	b.fill("#signal-name", "release")
	b.write("#signal-input", "gold")
	b.follow("Send the signal")
	b.shows("Input is no JSON")
	server.broken.Store(true)
	b.write("#signal-input", `"gold"`)
	b.follow("Send the signal")
	b.shows("The codec answered 500.")
	b.accessible("run-signal-unencoded")
	server.broken.Store(false)
	b.follow("Send the signal")
	b.shows("The signal is delivered.")
	var word string
	if err := run.Get(t.Context(), &word); err != nil || word != "gold" {
		t.Fatalf("the run got %q, %v", word, err)
	}
	b.open(strings.TrimSuffix(data, "data") + "history")
	b.press("#event-1 summary")
	b.shows(`"n": 12345678901234567890`)
	b.evaluate(`document.querySelectorAll('details').forEach(d => d.open = true)`)
	b.shows(`"gold"`)
	b.sound("run-history-decoded")

	server.Close()
	b.open(data)
	b.shows("cannot be reached")
	b.shows("encoding binary/encrypted")
	b.sound("run-data-codec-down")
}
