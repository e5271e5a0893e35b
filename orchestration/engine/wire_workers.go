package engine

import (
	workerpb "go.temporal.io/api/worker/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/workers"
)

// workersMessage asks for what a node has heard of workers: of one, or of those after a key.
type workersMessage struct {
	Namespace orchestration.NamespaceID `cbor:"1,keyasint"`
	Key       string                    `cbor:"2,keyasint,omitempty"`
	After     string                    `cbor:"3,keyasint,omitempty"`
}

// workersAnswer is a workers.Page.
type workersAnswer struct {
	Workers []workerAnswer `cbor:"1,keyasint,omitempty"`
	More    bool           `cbor:"2,keyasint,omitempty"`
}

type workerAnswer struct {
	Heartbeat []byte `cbor:"1,keyasint"` // workerpb.WorkerHeartbeat
	Heard     int64  `cbor:"2,keyasint"` // Unix nanoseconds
}

func encodeWorkers(p workers.Page) []byte {
	a := workersAnswer{More: p.More}
	for _, w := range p.Workers {
		a.Workers = append(a.Workers, workerAnswer{Heartbeat: pack(w.Heartbeat), Heard: nanos(w.Heard)})
	}
	return encode(a)
}

// decodeWorkers reads a workersAnswer. Errors: InvalidArgument.
func decodeWorkers(b []byte) (p workers.Page, err error) {
	var a workersAnswer
	if err := decode(b, &a); err != nil {
		return p, err
	}
	p.More = a.More
	for _, w := range a.Workers {
		h, err := unpack(w.Heartbeat, new(workerpb.WorkerHeartbeat))
		if err != nil || h.GetWorkerInstanceKey() == "" {
			return workers.Page{}, malformed
		}
		p.Workers = append(p.Workers, workers.Worker{Heartbeat: h, Heard: instant(w.Heard)})
	}
	return p, nil
}
