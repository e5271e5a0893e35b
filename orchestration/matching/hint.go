package matching

import "time"

// hints is what a queue has told the exchange and need not tell again.
type hints struct {
	waiting bool // that references wait; until Publishable has found nothing more
	hungry  bool // that polls wait; until Hunger is asked
	told    int  // how many waiting polls the exchange reckons with: only more of them are news
	seen    time.Time
}

// seenEvery is how often Seen is called while polls keep coming.
const seenEvery = time.Second

// waits hints that references wait and nobody here polls for them.
func (q *queue[T]) waits() {
	if q.owner.exchange == nil || q.hints.waiting || q.pollers.length > 0 || q.refs.head() == nil {
		return
	}
	q.hints.waiting = true
	q.owner.exchange.Waiting(q.key)
}

// hungers hints that more polls wait for nothing than the exchange reckons with.
func (q *queue[T]) hungers() {
	if q.owner.exchange != nil && q.pollers.length > q.hints.told && q.refs.head() == nil && (q.imports == nil || q.imports.head() == nil) {
		q.ask()
	}
}

// ask has the exchange ask Hunger.
func (q *queue[T]) ask() {
	if q.hints.hungry {
		return
	}
	q.hints.hungry = true
	q.owner.exchange.Hungry(q.key)
}

// polled hints that somebody polls.
func (q *queue[T]) polled(now time.Time) {
	if q.owner.exchange == nil || !q.hints.seen.IsZero() && now.Sub(q.hints.seen) < seenEvery {
		return
	}
	q.hints.seen = now
	q.owner.exchange.Seen(q.key)
}

// left hints that nobody polls any more, if so.
func (q *queue[T]) left() {
	if q.owner.exchange == nil || q.pollers.length > 0 || q.reserved > 0 || !q.lastPoll.IsZero() {
		return
	}
	q.hints.seen, q.hints.told, q.hints.hungry = time.Time{}, 0, false
	q.owner.exchange.Left(q.key)
}

// settled hints that a reference which the exchange has published is gone.
func (q *queue[T]) settled(e *entry) {
	if e.published && q.owner.exchange != nil {
		q.owner.exchange.Settled(e.ref)
	}
}
