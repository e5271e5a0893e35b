package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

// payloads reads what was typed into a field, or what the namespace's codec has made of it in the browser.
func (f *form) payloads(field, title string) *commonpb.Payloads {
	if encoded := f.text("encoded"); encoded != "" {
		all := &commonpb.Payloads{}
		if err := protojson.Unmarshal([]byte(encoded), all); err != nil {
			f.refuse("What the codec made of the input cannot be read. Try again, or send it without encoding.")
		}
		return all
	}
	if f.text("encode") == "true" && f.text(field) != "" {
		f.refuse("Encoding the input takes JavaScript in your browser. Untick it to send the input as it is.")
	}
	all, err := payloadsOf(f.text(field))
	if err != nil {
		f.refuse(title + " is no JSON: " + err.Error() + ". A text is written in quotes.")
	}
	return all
}

// object reads a JSON object that was typed into a field, a payload for each of its members; nil where there is none.
func (f *form) object(field, title string) map[string]*commonpb.Payload {
	text := f.text(field)
	if text == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		f.refuse(title + " is no JSON object: " + err.Error() + ".")
		return nil
	}
	all := make(map[string]*commonpb.Payload, len(members))
	for name, value := range members {
		all[name] = plain(value)
	}
	return all
}

// plain is a payload of valid JSON, encoded as every SDK does by default.
func plain(value json.RawMessage) *commonpb.Payload {
	var compact bytes.Buffer
	_ = json.Compact(&compact, value) // it is valid
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: compact.Bytes()}
}

// payloadsOf reads JSON, one value for each argument; nil where there is none.
func payloadsOf(text string) (*commonpb.Payloads, error) {
	var all *commonpb.Payloads
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var value json.RawMessage
		err := d.Decode(&value)
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		case all == nil:
			all = &commonpb.Payloads{}
		}
		all.Payloads = append(all.Payloads, plain(value))
	}
}
