// Package converter turns values into payloads and errors into failures, and back.
//
//	value ── PayloadConverter (first that takes it) ── payload ── PayloadCodec (compress, encrypt …) ── wire
//	error ── FailureConverter ── failure; its message and stack on request through the same codec
//
// The encodings and their order are the ones every SDK of this protocol uses:
//
//	nil, nil pointer        binary/null
//	[]byte                  binary/plain
//	proto.Message           json/protobuf (binary/protobuf is read too)
//	anything else           json/plain
//
// The server never reads payloads. With a codec on, it cannot.
package converter
