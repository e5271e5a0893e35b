package peer

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
)

// unpacked is what a taken frame says.
func unpacked(t *testing.T, frame *[]byte) (all []message) {
	t.Helper()
	for rest := *frame; len(rest) > 0; {
		var m message
		var err error
		if rest, err = cutMessage(rest, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

func TestOutboxGathers(t *testing.T) {
	o := newOutbox()
	for i := range uint64(100) {
		if !o.put(&message{kind: cancel, id: i}, 1<<20) {
			t.Fatal("refused")
		}
	}
	frame, ok := o.take()
	if got := unpacked(t, frame); !ok || len(got) != 100 || got[99].id != 99 {
		t.Fatalf("%v, %d messages", ok, len(got))
	}
	if o.bytes != 0 {
		t.Errorf("%d bytes are left", o.bytes)
	}
}

// Frames end at about 1 MiB; a message that large has one of its own; and the order is that of putting.
func TestOutboxCutsFrames(t *testing.T) {
	o := newOutbox()
	var want []string
	for i, size := range []int{10, cutAt / 2, cutAt / 2, 10, cutAt, 10, 10, maxBody} {
		verb := fmt.Sprint(i)
		want = append(want, verb)
		o.put(&message{kind: cast, verb: []byte(verb), body: make([]byte, size)}, 1<<30)
	}
	o.finish()
	var got []string
	var counts []int
	for {
		frame, ok := o.take()
		if !ok {
			break
		}
		if len(*frame) > maxFrame {
			t.Errorf("a frame of %d bytes", len(*frame))
		}
		messages := unpacked(t, frame)
		counts = append(counts, len(messages))
		for _, m := range messages {
			got = append(got, string(m.verb))
		}
		buffers{}.Put(frame)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(counts) != "[3 1 1 2 1]" {
		t.Errorf("%v in frames of %v", got, counts)
	}
}

// The body may be changed once put has returned.
func TestOutboxCopies(t *testing.T) {
	for _, size := range []int{10, cutAt} {
		o := newOutbox()
		body := bytes.Repeat([]byte{7}, size)
		o.put(&message{kind: cast, verb: []byte("v"), body: body}, 1<<30)
		clear(body)
		frame, _ := o.take()
		if got := unpacked(t, frame)[0].body; !bytes.Equal(got, bytes.Repeat([]byte{7}, size)) {
			t.Errorf("a body of %d bytes was not copied", size)
		}
	}
}

func TestOutboxIsBounded(t *testing.T) {
	for _, size := range []int{100, cutAt} {
		o := newOutbox()
		n := 0
		for o.put(&message{kind: cast, body: make([]byte, size)}, 3*size) {
			n++
		}
		if n != 3 || o.bytes < 3*size || o.bytes > 3*size+100 {
			t.Errorf("%d messages, %d bytes were taken", n, o.bytes)
		}
		if _, ok := o.take(); !ok || !o.put(&message{kind: cast}, 3*size) {
			t.Error("no room was made")
		}
	}
}

func TestOutboxWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		var taken []int
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				frame, ok := o.take()
				if !ok {
					return
				}
				taken = append(taken, len(unpacked(t, frame)))
			}
		}()
		for range 3 {
			synctest.Wait() // the taker waits
			o.put(&message{kind: ping}, 100)
			o.put(&message{kind: pong}, 100)
		}
		synctest.Wait()
		o.finish()
		<-done
		total := 0
		for _, n := range taken {
			total += n
		}
		if total != 6 {
			t.Errorf("took %v", taken)
		}
	})
}

func TestOutboxAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox()
		o.await(1) // empty: returns
		o.put(&message{kind: cast, body: make([]byte, 100)}, 1000)
		roomy := make(chan struct{})
		go func() {
			defer close(roomy)
			o.await(50)
		}()
		synctest.Wait()
		select {
		case <-roomy:
			t.Error("there was no room")
		default:
		}
		if _, ok := o.take(); !ok {
			t.Error("nothing was there")
		}
		<-roomy
	})
}

func TestOutboxAtItsEnd(t *testing.T) {
	finished, dropped := newOutbox(), newOutbox()
	for _, o := range []*outbox{finished, dropped} {
		o.put(&message{kind: cast, body: make([]byte, 100)}, 1000)
	}
	finished.finish()
	dropped.drop()
	for _, o := range []*outbox{finished, dropped} {
		if o.put(&message{kind: ping}, 1000) || o.put(&message{kind: cast, body: make([]byte, cutAt)}, 1<<30) {
			t.Error("a closed outbox took a message")
		}
		o.await(0) // does not wait
	}
	if _, ok := finished.take(); !ok {
		t.Error("what was there before the end is lost")
	}
	for _, o := range []*outbox{finished, dropped} {
		if _, ok := o.take(); ok {
			t.Error("something came out of nothing")
		}
	}
}
