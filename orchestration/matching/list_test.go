package matching

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A list does what a slice does.
func TestListProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l list[int]
		var model []*node[int]
		next := 0
		fresh := func() *node[int] {
			next++
			return &node[int]{value: next}
		}
		t.Repeat(map[string]func(*rapid.T){
			"push front": func(*rapid.T) {
				n := fresh()
				l.pushFront(n)
				model = slices.Insert(model, 0, n)
			},
			"push back": func(*rapid.T) {
				n := fresh()
				l.pushBack(n)
				model = append(model, n)
			},
			"pop front": func(t *rapid.T) {
				n := l.popFront()
				if len(model) == 0 {
					if n != nil {
						t.Fatalf("popped %d from nothing", n.value)
					}
					return
				}
				if n != model[0] {
					t.Fatalf("popped %d, want %d", n.value, model[0].value)
				}
				l.remove(n) // off the list already: nothing happens
				model = model[1:]
			},
			"remove": func(t *rapid.T) {
				if len(model) == 0 {
					t.Skip("empty")
				}
				i := rapid.IntRange(0, len(model)-1).Draw(t, "index")
				l.remove(model[i])
				model = slices.Delete(model, i, i+1)
			},
			"": func(t *rapid.T) {
				if l.length != len(model) {
					t.Fatalf("length %d, want %d", l.length, len(model))
				}
				n := l.head
				for _, want := range model {
					if n != want || !n.linked {
						t.Fatalf("forwards: %v, want %v", n, want)
					}
					n = n.next
				}
				n = l.tail
				for _, want := range slices.Backward(model) {
					if n != want {
						t.Fatalf("backwards: %v, want %v", n, want)
					}
					n = n.prev
				}
			},
		})
	})
}
