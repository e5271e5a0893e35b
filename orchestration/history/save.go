package history

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// stateFormat is the version of run.state. Fields may be added under new keys; a change of meaning needs a new number.
const stateFormat = 1

// storedState is run.state.
type storedState struct {
	Format  int             `cbor:"1,keyasint"`
	Header  cbor.RawMessage `cbor:"2,keyasint"`
	Clock   clock           `cbor:"3,keyasint"`
	Spilled bool            `cbor:"4,keyasint,omitempty"`
	Items   []packedItem    `cbor:"5,keyasint,omitempty"`
}

// packedItem is an item inside run.state.
type packedItem struct {
	_    struct{} `cbor:",toarray"`
	Kind ItemKind
	ID   string
	Data []byte
}

// Save encodes what changed since the last Save (or Load): the whole new run.state and the changed item rows. While header and items are
// at most 1.5 KB they are packed into run.state; beyond, items are rows and stay rows until close. An item over 1 KB is always a row.
func (r *Run) Save() (state []byte, items []Item, err error) {
	header, err := r.encodeHeader()
	if err != nil {
		return nil, nil, fmt.Errorf("encode header of run %s: %w", r.Key.RunID, err)
	}
	if items, err = r.files.settle(len(header), r.encodeItem); err != nil {
		return nil, nil, fmt.Errorf("encode items of run %s: %w", r.Key.RunID, err)
	}
	stored := storedState{Format: stateFormat, Header: header, Clock: r.Header.clock(), Spilled: r.files.spilled}
	for k, data := range r.files.packed {
		stored.Items = append(stored.Items, packedItem{Kind: k.kind, ID: k.id, Data: data})
	}
	slices.SortFunc(stored.Items, func(a, b packedItem) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	if state, err = cbor.Marshal(stored); err != nil {
		return nil, nil, fmt.Errorf("encode state of run %s: %w", r.Key.RunID, err)
	}
	return state, items, nil
}

// encodeHeader is the stored form of the header, which knows no speculative task.
func (r *Run) encodeHeader() ([]byte, error) {
	h := r.Header
	if h.Task.speculative() {
		h.Task = nil
	}
	return cbor.Marshal(&h)
}

// encodeItem is the stored form of an item, nil when the run has none of that name.
func (r *Run) encodeItem(k itemKey) ([]byte, error) {
	if v := r.item(k); v != nil {
		return cbor.Marshal(v)
	}
	return nil, nil
}

// item is the live value of an item, nil when the run has none of that name.
func (r *Run) item(k itemKey) any {
	switch k.kind {
	case activityItem:
		return orNil(r.activities[eventOfItem(k.id)])
	case timerItem:
		return orNil(r.timers[eventOfItem(k.id)])
	case bufferItem:
		return orNil(r.buffered(eventOfItem(k.id)))
	case requestItem:
		return orNil(r.requests[k.id])
	case updateItem:
		return orNil(r.updates[k.id])
	case childItem:
		return orNil(r.children[eventOfItem(k.id)])
	case externalItem:
		return orNil(r.externals[eventOfItem(k.id)])
	case effectItem:
		return orNil(r.effects[eventOfItem(k.id)])
	case memoItem:
		return messageOrNil(r.memo)
	case searchItem:
		return messageOrNil(r.search)
	case metadataItem:
		return messageOrNil(r.metadata)
	case beginningItem:
		return messageOrNil(r.beginning)
	case carriedItem:
		if len(r.carried) > 0 {
			return r.carried
		}
	case pointsItem:
		if len(r.points) > 0 {
			return r.points
		}
	}
	return nil
}

// orNil turns a nil pointer into a nil interface.
func orNil[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}

// messageOrNil turns an empty blob into a nil interface.
func messageOrNil[B interface{ IsZero() bool }](b B) any {
	if b.IsZero() {
		return nil
	}
	return b
}
