package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
)

// payloads reads what was typed as JSON, one value for each argument; nil where nothing was typed. They are encoded as every SDK does by default.
func (f *form) payloads(field, title string) *commonpb.Payloads {
	text := f.text(field)
	if text == "" {
		return nil
	}
	all := &commonpb.Payloads{}
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var value json.RawMessage
		err := d.Decode(&value)
		switch {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			f.refuse(title + " is no JSON: " + err.Error() + ". A text is written in quotes.")
			return nil
		}
		var compact bytes.Buffer
		_ = json.Compact(&compact, value) // it is valid
		all.Payloads = append(all.Payloads, &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: compact.Bytes()})
	}
}
