package view

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
	commonpb "go.temporal.io/api/common/v1"
)

// fence stands on both sides of the description of an encoded payload while JSON is written. What else is written never holds it.
const fence = "\x7f"

// jsonWriter collects compact JSON, and the encoded payloads that it describes, in order.
type jsonWriter struct {
	bytes.Buffer
	encoded []*commonpb.Payload
}

// piece is a part of a text; with a payload, its description.
type piece struct {
	text    string
	payload *commonpb.Payload // nil: none
}

// jsonText is JSON as a page shows it.
type jsonText []piece

// text is what was written, indented; every line but the first begins with prefix.
func (b *jsonWriter) text(prefix string) (t jsonText) {
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), prefix, "  "); err != nil {
		return jsonText{{text: "This cannot be shown: " + err.Error()}}
	}
	for i, part := range strings.Split(indented.String(), fence) {
		switch {
		case i%2 == 1: // the quotes are a part of what a codec's answer takes the place of
			before := &t[len(t)-1]
			before.text = strings.TrimSuffix(before.text, `"`)
			t = append(t, piece{`"` + escapeMarks(part) + `"`, b.encoded[i/2]})
		case i > 0:
			t = append(t, piece{text: escapeMarks(strings.TrimPrefix(part, `"`))})
		default:
			t = append(t, piece{text: escapeMarks(part)})
		}
	}
	return t
}

// plainText is a text without payloads.
func plainText(text string) jsonText { return jsonText{{text: text}} }

// String is the text alone.
func (t jsonText) String() string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.text)
	}
	return b.String()
}

// html is the text for a page whose browser asks a codec; without codec, the text alone.
func (t jsonText) html(c Codec) string {
	var b strings.Builder
	for _, p := range t {
		if p.payload == nil || c.Endpoint == "" {
			b.WriteString(html.EscapeString(p.text))
			continue
		}
		b.WriteString(`<span class="encoded" data-payload="` + html.EscapeString(wire(p.payload)) + `">` + html.EscapeString(p.text) + `</span>`)
	}
	return b.String()
}

// wire is a payload as codec servers take it.
func wire(p *commonpb.Payload) string {
	metadata := map[string]string{}
	for k, v := range p.GetMetadata() {
		metadata[k] = base64.StdEncoding.EncodeToString(v)
	}
	text, _ := json.Marshal(map[string]any{"metadata": metadata, "data": base64.StdEncoding.EncodeToString(p.GetData())}) // strings cannot fail
	return string(text)
}

// written is a text in a box of its own. about are further attributes of the box, as HTML.
func written(c Codec, t jsonText, about string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, `<pre`+about+` tabindex="0">`+t.html(c)+`</pre>`)
		return err
	})
}
