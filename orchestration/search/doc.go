// Package search knows search attributes: which there are, what their values look like on the wire, and how values are indexed.
//
//	payload {"encoding": json/plain, "type": Keyword, data: "\"red\""}
//	   Decode   payload -> Value of the attribute's type
//	   Terms    all attributes of a run -> terms, by which the store finds the run
//
// A term is a text of bytes that stands for one attribute with one value:
//
//	name | 0 | type | value         "Colour" 0 2 "red"
//
// Values are written so that bytes compare as the values do, so every question about an attribute is a question about a term or a range of terms: one
// ordered index answers for all attributes of all types, and a run without attributes is not in it (ADR 16). An element of a KeywordList and a word of a
// Text are terms each, so both are found by any of theirs.
//
//	Keyword      the text's bytes                  Bool       0 or 1
//	KeywordList  one term per element              Datetime   microseconds since 1970, as Int
//	Text         one per word, in lower case,      Int        8 bytes, big-endian, sign flipped
//	             and the empty word                Double     8 bytes of IEEE 754; negative ones inverted, else sign flipped
//
// The empty word of a Text says that it has a value, also when that has no words.
package search
