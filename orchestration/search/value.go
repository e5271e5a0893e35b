package search

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"time"

	commonpb "go.temporal.io/api/common/v1"
)

// Value is a decoded value: exactly the field of its type is set.
type Value struct {
	Text   string    // Keyword, Text
	List   []string  // KeywordList
	Number int64     // Int
	Double float64   // Double; never NaN
	Bool   bool      // Bool
	Time   time.Time // Datetime
}

// Decode reads a payload as a value of the type. set is false for what SDKs send to remove an attribute: nothing, null, or an empty list.
// A list of one value is taken as that value, and one text as a list of it.
func Decode(p *commonpb.Payload, t Type) (v Value, set bool, err error) {
	if IsNull(p) {
		return Value{}, false, nil
	}
	if encoding := string(p.GetMetadata()["encoding"]); encoding != "json/plain" {
		return Value{}, false, fmt.Errorf("its encoding is %q, not json/plain", encoding)
	}
	data := bytes.TrimSpace(p.GetData())
	if t == KeywordList {
		v, err = decodeList(data)
	} else {
		if one := []json.RawMessage{}; len(data) > 0 && data[0] == '[' && json.Unmarshal(data, &one) == nil && len(one) == 1 {
			data = one[0]
		}
		v, err = decodeOne(data, t)
	}
	if err != nil {
		return Value{}, false, err
	}
	return v, true, nil
}

func decodeOne(data []byte, t Type) (v Value, err error) {
	switch t {
	case Text, Keyword:
		err = unmarshal(data, &v.Text)
	case Int:
		err = unmarshal(data, &v.Number)
	case Double:
		if err = unmarshal(data, &v.Double); v.Double == 0 {
			v.Double = 0 // not -0, which is written otherwise
		}
	case Bool:
		err = unmarshal(data, &v.Bool)
	case Datetime:
		if err = unmarshal(data, &v.Time); err == nil && !storable(v.Time) {
			err = fmt.Errorf("its year is not between 1 and 9999")
		}
	default:
		err = fmt.Errorf("the type %v is unknown", t)
	}
	return v, err
}

func decodeList(data []byte) (v Value, err error) {
	if len(data) > 0 && data[0] == '[' {
		return v, unmarshal(data, &v.List)
	}
	v.List = make([]string, 1)
	return v, unmarshal(data, &v.List[0])
}

// unmarshal is json.Unmarshal that takes null for no value, and says in short what it wants.
func unmarshal(data []byte, into any) error {
	if bytes.Equal(data, []byte("null")) {
		return fmt.Errorf("null stands where a value is expected")
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("it is not JSON of that type")
	}
	return nil
}

// storable tells whether microseconds since 1970 can say the time, as the filter language can.
func storable(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// IsNull tells the payloads that remove an attribute.
func IsNull(p *commonpb.Payload) bool {
	switch string(p.GetMetadata()["encoding"]) {
	case "binary/null":
		return true
	case "json/plain":
		data := string(bytes.TrimSpace(p.GetData()))
		return data == "" || data == "null" || data == "[]"
	}
	return len(p.GetData()) == 0
}

// ordered are the bits of a double such that unsigned comparison of them is comparison of the doubles.
func ordered(f float64) uint64 {
	bits := math.Float64bits(f)
	if bits>>63 == 1 {
		return ^bits
	}
	return bits ^ 1<<63
}

// KeywordPayload is a text as SDKs decode the value of a Keyword.
func KeywordPayload(text string) *commonpb.Payload {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always is JSON
	}
	return &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain"), typeKey: []byte(Keyword.String())}, Data: data}
}
