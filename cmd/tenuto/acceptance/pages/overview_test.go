package pages

import "testing"

// What the demonstration does is drawn while it goes on, and leads to what failed.
func TestOverviewJourney(t *testing.T) {
	b := serve(t, "--demo").browse()
	b.open("/t/default/ns/default/overview")
	b.shows("Workflows a minute")
	b.until("a bar of completed transfers", `document.querySelector('.bar-completed') !== null`) // by the stream
	b.shows("TransferFunds")
	b.sound("overview")
	b.follow("TransferFunds")
	b.until("the filter", `document.querySelector('#query').value.includes('TransferFunds')`)
}
