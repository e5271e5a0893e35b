package engine

import "github.com/tenuto-io/tenuto/orchestration"

// queuesMessage asks for the queues of a namespace after a name.
type queuesMessage struct {
	Namespace orchestration.NamespaceID `cbor:"1,keyasint"`
	After     string                    `cbor:"2,keyasint,omitempty"`
	Limit     int                       `cbor:"3,keyasint"` // names, at most queuesRead
}

// queuesAnswer is what one node knows of them, in the order of their names.
type queuesAnswer struct {
	Queues []namedQueue `cbor:"1,keyasint,omitempty"`
	More   bool         `cbor:"2,keyasint,omitempty"` // there are others after these
}

// namedQueue is a queue of one kind.
type namedQueue struct {
	Name   string                 `cbor:"1,keyasint"`
	Kind   orchestration.TaskKind `cbor:"2,keyasint"`
	Sticky bool                   `cbor:"3,keyasint,omitempty"`
	Known  queueAnswer            `cbor:"4,keyasint"`
}
