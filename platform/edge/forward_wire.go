package edge

import (
	"fmt"
	"math"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// A forwarded call and its answer are in protobuf's wire format, written by hand: their large part is a message of the protocol, which so is encoded in
// its place and never copied. Nodes of two releases may talk to each other during an update: fields are only ever added, and unknown ones are ignored.
const (
	fieldMethod        protowire.Number = 1 // of a call
	fieldNamespaceID   protowire.Number = 2
	fieldNamespaceName protowire.Number = 3
	fieldClient        protowire.Number = 4
	fieldRequest       protowire.Number = 5
	fieldPrincipal     protowire.Number = 6

	fieldResponse protowire.Number = 1 // of an answer
	fieldStatus   protowire.Number = 2 // google.rpc.Status
	fieldMoved    protowire.Number = 3 // the node to ask, a varint; 0: nobody knows
)

// forwarded is a call that one node passes on to another. The namespace is resolved, so that both mean the same one.
type forwarded struct {
	method    string // full name
	namespace namespace
	client    string             // the client-name header
	principal *tenants.Principal // who made the call; without what it may do
	request   []byte             // encoded
}

// movedTo is the error of a call that another node has to be asked; 0: nobody knows which.
type movedTo orchestration.NodeID

func (n movedTo) Error() string { return fmt.Sprintf("node %d has the workflow", int(n)) }

func (n movedTo) Unwrap() error { return orchestration.Errorf(orchestration.Moved, "%s", n.Error()) }

// encoded is an answer that came from another node and goes to the client as it is.
type encoded []byte

func encodeCall(c forwarded, req proto.Message) ([]byte, error) {
	b := make([]byte, 0, 64+len(c.method)+len(c.namespace.name)+len(c.client)+proto.Size(req))
	b = protowire.AppendString(protowire.AppendTag(b, fieldMethod, protowire.BytesType), c.method)
	b = protowire.AppendBytes(protowire.AppendTag(b, fieldNamespaceID, protowire.BytesType), c.namespace.id[:])
	b = protowire.AppendString(protowire.AppendTag(b, fieldNamespaceName, protowire.BytesType), c.namespace.name)
	b = protowire.AppendString(protowire.AppendTag(b, fieldClient, protowire.BytesType), c.client)
	if c.principal != nil {
		b = protowire.AppendBytes(protowire.AppendTag(b, fieldPrincipal, protowire.BytesType), appendPrincipal(nil, c.principal))
	}
	return appendMessage(b, fieldRequest, req)
}

// decodeCall reads a forwarded call; its request is not looked at. Errors: InvalidArgument.
func decodeCall(b []byte) (c forwarded, err error) {
	for len(b) > 0 {
		number, value, rest, ok := consume(b)
		if !ok {
			return c, invalid("The forwarded call cannot be read.")
		}
		switch number {
		case fieldMethod:
			c.method = string(value)
		case fieldNamespaceID:
			if len(value) != len(c.namespace.id) {
				return c, invalid("The namespace of a forwarded call cannot be read.")
			}
			c.namespace.id = orchestration.NamespaceID(value)
		case fieldNamespaceName:
			c.namespace.name = string(value)
		case fieldClient:
			c.client = string(value)
		case fieldRequest:
			c.request = value
		case fieldPrincipal:
			if c.principal, err = decodePrincipal(value); err != nil {
				return c, err
			}
		}
		b = rest
	}
	if c.namespace.id.IsZero() {
		return c, invalid("A forwarded call has no namespace.")
	}
	return c, nil
}

func encodeResponse(m proto.Message) ([]byte, error) {
	return appendMessage(make([]byte, 0, 16+proto.Size(m)), fieldResponse, m)
}

func encodeStatus(st *status.Status) ([]byte, error) {
	return appendMessage(nil, fieldStatus, st.Proto())
}

func encodeMoved(to orchestration.NodeID) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, fieldMoved, protowire.VarintType), uint64(to))
}

// decodeAnswer is the answer of another node: an encoded response, the error of its status, or movedTo.
func decodeAnswer(b []byte) (any, error) {
	number, value, rest, ok := consume(b)
	switch {
	case ok && len(rest) == 0 && number == fieldResponse:
		return encoded(value), nil
	case ok && len(rest) == 0 && number == fieldStatus:
		st := status.New(codes.OK, "").Proto()
		if proto.Unmarshal(value, st) == nil && st.GetCode() != int32(codes.OK) {
			return nil, status.FromProto(st).Err()
		}
	case ok && len(rest) == 0 && number == fieldMoved:
		_, _, n := protowire.ConsumeTag(b)
		to, _ := protowire.ConsumeVarint(b[n:])
		return nil, movedTo(min(to, math.MaxInt32))
	}
	return nil, errInternal
}

// appendMessage appends a field with an encoded message.
func appendMessage(b []byte, field protowire.Number, m proto.Message) ([]byte, error) {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(proto.Size(m)))
	return proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(b, m)
}

// consume cuts the first field off. The value of a field that is not of bytes is empty.
func consume(b []byte) (number protowire.Number, value, rest []byte, ok bool) {
	number, wire, n := protowire.ConsumeTag(b)
	if n < 0 {
		return 0, nil, nil, false
	}
	m := protowire.ConsumeFieldValue(number, wire, b[n:])
	if m < 0 {
		return 0, nil, nil, false
	}
	if wire == protowire.BytesType {
		value, _ = protowire.ConsumeBytes(b[n:])
	}
	return number, value, b[n+m:], true
}
