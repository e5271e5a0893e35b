package pages

import "testing"

// The demonstration's queue is listed with its worker; its rate limit is set, refused, and removed again.
func TestQueuesJourney(t *testing.T) {
	b := serve(t, "--demo").browse()
	b.open("/t/default/ns/default/queues")
	b.shows("Met a poller at once")
	b.until("a worker that polls", `[...document.querySelectorAll('tbody tr')].some(r => r.cells[7].innerText !== '0')`)
	b.sound("queues")
	b.evaluate(`document.querySelector('td.id a').click()`)
	b.shows("Activity tasks")
	b.sound("queue")
	b.fill("#rate", "many")
	b.fill("#reason", "the ledger is slow")
	b.follow("Set the limit")
	b.shows("This is not a number")
	b.sound("queue-refused")
	b.fill("#rate", "0.1")
	b.follow("Set the limit")
	b.shows("The rate limit is set.")
	b.shows("the ledger is slow")
	b.evaluate(`window.before = document.querySelector('#queue').innerText`)
	b.until("numbers that renew themselves", `document.querySelector('#queue').innerText !== window.before`)
	b.follow("Pause the queue")
	b.shows("Paused: its rate limit is 0 tasks a second.")
	b.sound("queue-paused")
	b.follow("Remove the limit")
	b.shows("The rate limit is removed.")
}
