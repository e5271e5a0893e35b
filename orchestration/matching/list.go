package matching

// list is a doubly linked list whose nodes are allocated with their values: joining and leaving anywhere is O(1).
type list[V any] struct {
	head, tail *node[V]
	length     int
}

type node[V any] struct {
	prev, next *node[V]
	linked     bool
	value      V
}

func (l *list[V]) pushFront(n *node[V]) {
	n.linked, n.prev, n.next = true, nil, l.head
	if l.head != nil {
		l.head.prev = n
	} else {
		l.tail = n
	}
	l.head = n
	l.length++
}

func (l *list[V]) pushBack(n *node[V]) {
	n.linked, n.prev, n.next = true, l.tail, nil
	if l.tail != nil {
		l.tail.next = n
	} else {
		l.head = n
	}
	l.tail = n
	l.length++
}

// popFront takes the first node off; nil when the list is empty.
func (l *list[V]) popFront() *node[V] {
	n := l.head
	if n != nil {
		l.remove(n)
	}
	return n
}

// remove takes n off. A node that is on no list is left alone.
func (l *list[V]) remove(n *node[V]) {
	if !n.linked {
		return
	}
	if n.prev != nil {
		n.prev.next = n.next
	} else {
		l.head = n.next
	}
	if n.next != nil {
		n.next.prev = n.prev
	} else {
		l.tail = n.prev
	}
	n.linked, n.prev, n.next = false, nil, nil
	l.length--
}
