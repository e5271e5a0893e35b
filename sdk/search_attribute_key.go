package sdk

import (
	"encoding/json"
	"fmt"
	"time"

	commonpb "go.temporal.io/api/common/v1"
)

// SearchAttributeKey is the name of a search attribute whose values are Ts. Declare keys once, as package variables:
//
//	var Customer = sdk.KeywordKey("CustomerId")
type SearchAttributeKey[T any] struct {
	name string
	make func(T) SearchAttribute
}

// KeywordKey is the key of a [Keyword].
func KeywordKey(name string) SearchAttributeKey[string] {
	return SearchAttributeKey[string]{name, Keyword}
}

// KeywordListKey is the key of a [KeywordList].
func KeywordListKey(name string) SearchAttributeKey[[]string] {
	return SearchAttributeKey[[]string]{name, func(values []string) SearchAttribute { return KeywordList(values...) }}
}

// TextKey is the key of a [Text].
func TextKey(name string) SearchAttributeKey[string] { return SearchAttributeKey[string]{name, Text} }

// IntKey is the key of an [Int].
func IntKey(name string) SearchAttributeKey[int64] { return SearchAttributeKey[int64]{name, Int} }

// DoubleKey is the key of a [Double].
func DoubleKey(name string) SearchAttributeKey[float64] {
	return SearchAttributeKey[float64]{name, Double}
}

// BoolKey is the key of a [Bool].
func BoolKey(name string) SearchAttributeKey[bool] { return SearchAttributeKey[bool]{name, Bool} }

// DatetimeKey is the key of a [Datetime].
func DatetimeKey(name string) SearchAttributeKey[time.Time] {
	return SearchAttributeKey[time.Time]{name, Datetime}
}

// Name returns the attribute's name.
func (k SearchAttributeKey[T]) Name() string { return k.name }

// Set puts a value under the key and returns the attributes, which may be nil before.
func (k SearchAttributeKey[T]) Set(attributes SearchAttributes, value T) SearchAttributes {
	if attributes == nil {
		attributes = make(SearchAttributes)
	}
	attributes[k.name] = k.make(value)
	return attributes
}

// Get decodes the value under the key, as workflows are described and listed with it. It returns false if there is none.
func (k SearchAttributeKey[T]) Get(attributes *commonpb.SearchAttributes) (value T, ok bool, err error) {
	payload := attributes.GetIndexedFields()[k.name]
	if len(payload.GetData()) == 0 {
		return value, false, nil
	}
	if err := json.Unmarshal(payload.GetData(), &value); err != nil {
		return value, true, fmt.Errorf("sdk: search attribute %s: %w", k.name, err)
	}
	return value, true, nil
}
