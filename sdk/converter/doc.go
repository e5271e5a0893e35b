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
//
// # What a codec covers
//
// Encoded: inputs, results, signals, queries and their answers, side effects, heartbeat and failure details, memo values; with
// [FailureOptions.EncodeAttributes] also the messages and stacks of failures and failed queries.
//
// Not encoded, because the server works with them or shows them: ids, names of types, signals, queries and memo fields, error types,
// search attributes, headers, identities, reasons of terminations, and all times. Keep secrets out of these.
package converter
