package history

import (
	"cmp"
	"slices"
)

// The packing rule: what a small run changes is one row; a large one writes only the items that changed.
const (
	packedLimit = 1536 // bytes: header and packed items
	itemLimit   = 1024 // bytes: a larger item is always a row
)

// Item is one stored item of a run; Data nil deletes it.
type Item struct {
	Kind ItemKind
	ID   string
	Data []byte
}

// itemKey names an item.
type itemKey struct {
	kind ItemKind
	id   string
}

// ledger knows where each item is stored, and which changed since the last save.
type ledger struct {
	packed  map[itemKey][]byte   // encoded, inside run.state
	rows    map[itemKey]struct{} // in a row of its own
	dirty   map[itemKey]struct{}
	size    int  // of all packed ones
	spilled bool // the run outgrew run.state: every item is a row. Invariant: packed is empty
}

func newLedger() ledger {
	return ledger{packed: map[itemKey][]byte{}, rows: map[itemKey]struct{}{}, dirty: map[itemKey]struct{}{}}
}

// touch notes that the item was made, changed or removed.
func (l *ledger) touch(kind ItemKind, id string) { l.dirty[itemKey{kind, id}] = struct{}{} }

// unspill lets the items that are left move back into run.state; for closed runs.
func (l *ledger) unspill() {
	l.spilled = false
	for k := range l.rows {
		l.dirty[k] = struct{}{}
	}
}

// place stores the new form of an item (nil: gone) in the ledger, and returns the rows to write.
func (l *ledger) place(k itemKey, data []byte) []Item {
	if old, ok := l.packed[k]; ok {
		l.size -= len(old)
		delete(l.packed, k)
	}
	_, wasRow := l.rows[k]
	if data != nil && (l.spilled || len(data) > itemLimit) {
		l.rows[k] = struct{}{}
		return []Item{{Kind: k.kind, ID: k.id, Data: data}}
	}
	if data != nil {
		l.packed[k] = data
		l.size += len(data)
	}
	if wasRow {
		delete(l.rows, k)
		return []Item{{Kind: k.kind, ID: k.id}}
	}
	return nil
}

// spill moves every packed item to a row of its own, and returns the rows.
func (l *ledger) spill() []Item {
	var out []Item
	for k, data := range l.packed {
		out = append(out, Item{Kind: k.kind, ID: k.id, Data: data})
		l.rows[k] = struct{}{}
	}
	clear(l.packed)
	l.size, l.spilled = 0, true
	return out
}

// settle encodes and places every changed item, given the size of the header, and returns the rows to write in order of kind and id.
func (l *ledger) settle(header int, encode func(itemKey) ([]byte, error)) ([]Item, error) {
	written := map[itemKey]Item{}
	for k := range l.dirty {
		data, err := encode(k)
		if err != nil {
			return nil, err
		}
		for _, it := range l.place(k, data) {
			written[k] = it
		}
	}
	if len(l.dirty) > 64 { // clearing a map costs what it once held
		l.dirty = map[itemKey]struct{}{}
	}
	clear(l.dirty)
	if !l.spilled && header+l.size > packedLimit && len(l.packed) > 0 {
		for _, it := range l.spill() {
			written[itemKey{it.Kind, it.ID}] = it
		}
	}
	out := make([]Item, 0, len(written))
	for _, it := range written {
		out = append(out, it)
	}
	slices.SortFunc(out, func(a, b Item) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}
