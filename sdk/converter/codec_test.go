package converter_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk/converter"
)

func key(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func newAES(t testing.TB, active string, keys map[string][]byte) *converter.AESCodec {
	t.Helper()
	codec, err := converter.NewAESCodec(active, keys)
	if err != nil {
		t.Fatal(err)
	}
	return codec
}

func TestAESHidesAndRestoresEverything(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), newAES(t, "k1", map[string][]byte{"k1": key(1)}))
	payloads, err := data.ToPayloads("secret account", &commonpb.WorkflowType{Name: "secret type"})
	if err != nil {
		t.Fatal(err)
	}
	wire, err := proto.Marshal(payloads)
	if err != nil {
		t.Fatal(err)
	}
	for _, leak := range []string{"secret", "json/plain", "messageType"} {
		if bytes.Contains(wire, []byte(leak)) {
			t.Errorf("%q is readable", leak)
		}
	}
	first := payloads.GetPayloads()[0].GetMetadata()
	if got := string(first["encoding"]) + " " + string(first["encryption-key-id"]); got != "binary/encrypted k1" {
		t.Errorf("metadata %s", got)
	}
	var text string
	var message *commonpb.WorkflowType
	if err := data.FromPayloads(payloads, &text, &message); err != nil || text != "secret account" || message.GetName() != "secret type" {
		t.Errorf("got %q %v, %v", text, message, err)
	}
}

func TestAESNoncesDiffer(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), newAES(t, "k", map[string][]byte{"k": key(1)}))
	seen := map[string]bool{}
	for range 100 {
		payload, err := data.ToPayload("same")
		if err != nil {
			t.Fatal(err)
		}
		nonce := string(payload.GetData()[:12])
		if seen[nonce] {
			t.Fatal("a nonce came twice")
		}
		seen[nonce] = true
	}
}

func TestAESKeysRotateByID(t *testing.T) {
	before := converter.NewCodecDataConverter(converter.Default(), newAES(t, "old", map[string][]byte{"old": key(1)}))
	after := converter.NewCodecDataConverter(converter.Default(),
		newAES(t, "new", map[string][]byte{"old": key(1), "new": key(2)}))
	sealed, err := before.ToPayload("kept")
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if err := after.FromPayload(sealed, &text); err != nil || text != "kept" {
		t.Errorf("the old payload: %q, %v", text, err)
	}
	fresh, err := after.ToPayload("fresh")
	if err != nil {
		t.Fatal(err)
	}
	if err := before.FromPayload(fresh, &text); !errors.Is(err, converter.ErrKey) || !errors.Is(err, converter.ErrDecode) {
		t.Errorf("a key that is not in the ring: %v", err)
	}
}

func TestAESRefusesWhatDoesNotVerify(t *testing.T) {
	codec := newAES(t, "k", map[string][]byte{"k": key(1)})
	seal := func() *commonpb.Payload {
		sealed, err := codec.Encode([]*commonpb.Payload{{Data: []byte("data")}})
		if err != nil {
			t.Fatal(err)
		}
		return sealed[0]
	}
	flipped, cut, empty := seal(), seal(), seal()
	flipped.Data[len(flipped.Data)-1] ^= 1
	cut.Data = cut.Data[:20]
	empty.Data = nil
	for name, payload := range map[string]*commonpb.Payload{"flipped": flipped, "cut": cut, "empty": empty} {
		if _, err := codec.Decode([]*commonpb.Payload{payload}); !errors.Is(err, converter.ErrCiphertext) {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := newAES(t, "k", map[string][]byte{"k": key(9)})
	if _, err := other.Decode([]*commonpb.Payload{seal()}); !errors.Is(err, converter.ErrCiphertext) {
		t.Errorf("another key of the same id: %v", err)
	}
}

func TestAESReadsWhatWasNeverEncrypted(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), newAES(t, "k", map[string][]byte{"k": key(1)}))
	plain, err := converter.Default().ToPayload("from before")
	if err != nil {
		t.Fatal(err)
	}
	var text string
	if err := data.FromPayload(plain, &text); err != nil || text != "from before" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestAESKeysAreChecked(t *testing.T) {
	for name, keys := range map[string]map[string][]byte{
		"short": {"k": key(1)[:16]}, "missing": {"other": key(1)}, "none": nil,
	} {
		if _, err := converter.NewAESCodec("k", keys); !errors.Is(err, converter.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mark is a codec that leaves its name, so that the order shows.
type mark string

func (m mark) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		out[i] = proto.CloneOf(p)
		out[i].Data = append([]byte(m), p.Data...)
	}
	return out, nil
}

func (m mark) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	out := make([]*commonpb.Payload, len(payloads))
	for i, p := range payloads {
		rest, found := bytes.CutPrefix(p.Data, []byte(m))
		if !found {
			return nil, errors.New("not marked by " + string(m))
		}
		out[i] = proto.CloneOf(p)
		out[i].Data = rest
	}
	return out, nil
}

func TestTheFirstCodecIsNearestToTheWire(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), mark("1"), mark("2"))
	payload, err := data.ToPayload("x")
	if err != nil || !strings.HasPrefix(string(payload.GetData()), `12"x"`) {
		t.Fatalf("got %s, %v", payload.GetData(), err)
	}
	var text string
	if err := data.FromPayload(payload, &text); err != nil || text != "x" {
		t.Errorf("got %q, %v", text, err)
	}
	payload.Data = payload.Data[1:]
	if err := data.FromPayload(payload, &text); !errors.Is(err, converter.ErrDecode) {
		t.Errorf("unmarked: %v", err)
	}
}

// dropping is a broken codec that loses payloads.
type dropping struct{}

func (dropping) Encode([]*commonpb.Payload) ([]*commonpb.Payload, error) { return nil, nil }
func (dropping) Decode([]*commonpb.Payload) ([]*commonpb.Payload, error) { return nil, nil }

func TestACodecMayNotChangeTheCount(t *testing.T) {
	data := converter.NewCodecDataConverter(converter.Default(), dropping{})
	if _, err := data.ToPayloads(1, 2); !errors.Is(err, converter.ErrEncode) {
		t.Errorf("encode: %v", err)
	}
	if _, err := data.ToPayload(1); !errors.Is(err, converter.ErrEncode) {
		t.Errorf("encode one: %v", err)
	}
	var n int
	payloads, err := converter.Default().ToPayloads(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := data.FromPayloads(payloads, &n); !errors.Is(err, converter.ErrDecode) {
		t.Errorf("decode: %v", err)
	}
}

func FuzzAESDecode(f *testing.F) {
	codec := newAES(f, "k", map[string][]byte{"k": key(1)})
	original := &commonpb.Payload{Data: []byte("data")}
	sealed, err := codec.Encode([]*commonpb.Payload{original})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("binary/encrypted"), []byte("k"), sealed[0].Data)
	f.Add([]byte("binary/encrypted"), []byte("k"), []byte{})
	f.Add([]byte("json/plain"), []byte(""), []byte("{}"))
	f.Fuzz(func(t *testing.T, encoding, id, data []byte) {
		payload := &commonpb.Payload{
			Metadata: map[string][]byte{"encoding": encoding, "encryption-key-id": id}, Data: data,
		}
		out, err := codec.Decode([]*commonpb.Payload{payload})
		switch {
		case string(encoding) != "binary/encrypted":
			if err != nil || out[0] != payload {
				t.Errorf("a foreign payload: %v, %v", out, err)
			}
		case err == nil && !proto.Equal(out[0], original):
			// Only the seed was sealed with this key, so nothing else may open.
			t.Errorf("opened what this key did not seal: %x", data)
		}
	})
}
