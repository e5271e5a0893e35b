package sdk

import (
	"encoding/json"
	"math"
	"time"

	commonpb "go.temporal.io/api/common/v1"
)

// SearchAttributes are the typed values by which workflows are listed, by name. The server indexes them, so they are never
// encrypted.
type SearchAttributes map[string]SearchAttribute

// SearchAttribute is one typed value. Its constructors are named like the types of the server's index.
type SearchAttribute struct {
	kind  string
	value any
}

// Keyword is a string that is compared as a whole.
func Keyword(value string) SearchAttribute { return SearchAttribute{"Keyword", value} }

// KeywordList is a set of keywords.
func KeywordList(values ...string) SearchAttribute { return SearchAttribute{"KeywordList", values} }

// Text is a string that is searched by its words.
func Text(value string) SearchAttribute { return SearchAttribute{"Text", value} }

// Int is a whole number.
func Int(value int64) SearchAttribute { return SearchAttribute{"Int", value} }

// Double is a number. NaN and the infinities have no JSON form and are sent as zero.
func Double(value float64) SearchAttribute {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		value = 0
	}
	return SearchAttribute{"Double", value}
}

// Bool is true or false.
func Bool(value bool) SearchAttribute { return SearchAttribute{"Bool", value} }

// Datetime is a moment, kept to the nanosecond on the wire.
func Datetime(value time.Time) SearchAttribute {
	return SearchAttribute{"Datetime", value.UTC().Format(time.RFC3339Nano)}
}

// Unset removes an attribute where it is upserted.
func Unset() SearchAttribute { return SearchAttribute{} }

// Payload returns the value as the wire has it: JSON, with the type in the metadata, or the payload of no value.
func (a SearchAttribute) Payload() *commonpb.Payload {
	if a.value == nil {
		return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("binary/null")}}
	}
	data, err := json.Marshal(a.value)
	if err != nil { // The constructors admit only values that JSON can hold.
		panic(err)
	}
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain"), "type": []byte(a.kind)}, Data: data}
}

// Proto returns the attributes as the wire has them, nil if there are none.
func (s SearchAttributes) Proto() *commonpb.SearchAttributes {
	if len(s) == 0 {
		return nil
	}
	fields := make(map[string]*commonpb.Payload, len(s))
	for name, attribute := range s {
		fields[name] = attribute.Payload()
	}
	return &commonpb.SearchAttributes{IndexedFields: fields}
}
