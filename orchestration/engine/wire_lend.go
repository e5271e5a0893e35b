package engine

import (
	commonpb "go.temporal.io/api/common/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// loanMessage lends a poll of the sender.
type loanMessage struct {
	queueMessage
	RequestID   string `cbor:"4,keyasint"`
	Identity    string `cbor:"5,keyasint,omitempty"`
	InstanceKey string `cbor:"6,keyasint,omitempty"`
	Stamp       []byte `cbor:"7,keyasint,omitempty"` // commonpb.WorkerVersionStamp
}

func encodeLoan(l matching.Loan) []byte {
	return encode(loanMessage{
		queueMessage: queueOf(l.Key), RequestID: l.RequestID, Identity: l.Worker.Identity, InstanceKey: l.Worker.InstanceKey, Stamp: pack(l.Worker.Stamp),
	})
}

// decodeLoan reads a loanMessage. Errors: InvalidArgument.
func decodeLoan(b []byte) (l matching.Loan, err error) {
	var m loanMessage
	if err := decode(b, &m); err != nil {
		return l, err
	}
	if m.RequestID == "" || !m.valid() {
		return l, malformed
	}
	l = matching.Loan{Key: m.key(), RequestID: m.RequestID, Worker: matching.Worker{Identity: m.Identity, InstanceKey: m.InstanceKey}}
	l.Worker.Stamp, err = unpack(m.Stamp, new(commonpb.WorkerVersionStamp))
	return l, err
}

// recallMessage ends a loan of the sender.
type recallMessage struct {
	queueMessage
	RequestID string `cbor:"4,keyasint"`
}

func encodeRecall(key matching.Key, request string) []byte {
	return encode(recallMessage{queueMessage: queueOf(key), RequestID: request})
}

// decodeRecall reads a recallMessage. Errors: InvalidArgument.
func decodeRecall(b []byte) (key matching.Key, request string, err error) {
	var m recallMessage
	if err := decode(b, &m); err != nil {
		return key, "", err
	}
	if m.RequestID == "" || !m.valid() {
		return key, "", malformed
	}
	return m.key(), m.RequestID, nil
}

// carryMessage brings a task to a poll of the receiver.
type carryMessage struct {
	queueMessage
	RequestID string `cbor:"4,keyasint"`
	Task      []byte `cbor:"5,keyasint"` // workflowTaskAnswer or activityTaskAnswer
}

func encodeCarry(key matching.Key, request string, task []byte) []byte {
	return encode(carryMessage{queueMessage: queueOf(key), RequestID: request, Task: task})
}

// decodeCarry reads a carryMessage. Errors: InvalidArgument.
func decodeCarry(b []byte) (key matching.Key, request string, task []byte, err error) {
	var m carryMessage
	if err := decode(b, &m); err != nil {
		return key, "", nil, err
	}
	if m.RequestID == "" || len(m.Task) == 0 || !m.valid() {
		return key, "", nil, malformed
	}
	return m.key(), m.RequestID, m.Task, nil
}

func queueOf(key matching.Key) queueMessage {
	return queueMessage{Namespace: key.Namespace, Queue: key.Name, Kind: key.Kind}
}

func (m queueMessage) key() matching.Key {
	return matching.Key{Namespace: m.Namespace, Name: m.Queue, Kind: m.Kind}
}

func (m queueMessage) valid() bool {
	return m.Queue != "" && (m.Kind == orchestration.WorkflowTask || m.Kind == orchestration.ActivityTask)
}
