package history

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/fxamacker/cbor/v2"

	"github.com/tenuto-io/tenuto/orchestration"
)

// Load rebuilds a run from run.state and its item rows. It returns DataLoss when they cannot be read.
func Load(key orchestration.RunKey, state []byte, items []Item) (run *Run, err error) {
	defer func() {
		if v := recover(); v != nil { // an item lacks what it must have
			err = orchestration.Errorf(orchestration.DataLoss, "run %s cannot be read: %v", key.RunID, v)
		}
	}()
	r := newRun(key)
	if err := r.load(state, items); err != nil {
		return nil, orchestration.Errorf(orchestration.DataLoss, "run %s cannot be read: %v", key.RunID, err)
	}
	return r, nil
}

func (r *Run) load(state []byte, rows []Item) error {
	var stored storedState
	if err := cbor.Unmarshal(state, &stored); err != nil {
		return fmt.Errorf("state: %w", err)
	}
	if stored.Format != stateFormat {
		return fmt.Errorf("state has format %d, this program knows %d", stored.Format, stateFormat)
	}
	if err := cbor.Unmarshal(stored.Header, &r.Header); err != nil {
		return fmt.Errorf("header: %w", err)
	}
	r.Header.setClock(stored.Clock)
	r.files.spilled = stored.Spilled
	for _, it := range stored.Items {
		k := itemKey{it.Kind, it.ID}
		r.files.packed[k] = it.Data
		r.files.size += len(it.Data)
		if err := r.loadItem(k, it.Data); err != nil {
			return err
		}
	}
	for _, it := range rows {
		k := itemKey{it.Kind, it.ID}
		r.files.rows[k] = struct{}{}
		if err := r.loadItem(k, it.Data); err != nil {
			return err
		}
	}
	r.index()
	return r.Check()
}

// loadItem decodes one item into its place.
func (r *Run) loadItem(k itemKey, data []byte) error {
	var err error
	switch k.kind {
	case activityItem:
		a := &activity{}
		err = cbor.Unmarshal(data, a)
		r.activities[eventOfItem(k.id)] = a
	case timerItem:
		t := &timer{}
		err = cbor.Unmarshal(data, t)
		r.timers[eventOfItem(k.id)] = t
	case bufferItem:
		b := &bufferedEvent{}
		err = cbor.Unmarshal(data, b)
		r.buffer = append(r.buffer, b)
	case requestItem:
		q := &requestID{}
		err = cbor.Unmarshal(data, q)
		r.requests[k.id] = q
	case updateItem:
		u := &workflowUpdate{}
		err = cbor.Unmarshal(data, u)
		r.updates[k.id] = u
	case childItem:
		c := &child{}
		err = cbor.Unmarshal(data, c)
		r.children[c.InitiatedEventID] = c
	case externalItem:
		x := &external{}
		if err = cbor.Unmarshal(data, x); err == nil {
			r.addExternal(x)
		}
	case effectItem:
		e := &effect{}
		err = cbor.Unmarshal(data, e)
		r.effects[e.ID] = e
	case memoItem:
		err = cbor.Unmarshal(data, &r.memo)
	case searchItem:
		err = cbor.Unmarshal(data, &r.search)
	case metadataItem:
		err = cbor.Unmarshal(data, &r.metadata)
	case beginningItem:
		err = cbor.Unmarshal(data, &r.beginning)
	case carriedItem:
		err = cbor.Unmarshal(data, &r.carried)
	case pointsItem:
		err = cbor.Unmarshal(data, &r.points)
	default:
		err = fmt.Errorf("unknown kind")
	}
	if err != nil {
		return fmt.Errorf("item %d %q: %w", k.kind, k.id, err)
	}
	return nil
}

// index rebuilds what is derived from items.
func (r *Run) index() {
	for _, a := range r.activities {
		if !a.Attempt.Closing {
			r.activityIDs[a.ID] = a.ScheduledEventID
		}
	}
	for _, t := range r.timers {
		if !t.Fired {
			r.timerIDs[t.ID] = t.StartedEventID
		}
	}
	r.indexEffects()
	r.reconsider(&r.alarms)
	r.reconsider(&r.waiting)
	slices.SortFunc(r.buffer, func(a, b *bufferedEvent) int { return int(a.Seq - b.Seq) })
	for id := range r.requests {
		r.remembered = append(r.remembered, id)
	}
	slices.SortFunc(r.remembered, func(a, b string) int { return int(r.requests[a].Seq - r.requests[b].Seq) })
}

// eventOfItem reads the id that eventItemID made; 0, the id of no event, for another text.
func eventOfItem(id string) orchestration.EventID {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
