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
	b.evaluate(`document.querySelector('main details').open = true; window.before = document.querySelector('#minutes').innerText`)
	b.until("numbers that renew themselves, in a table that stays open", `document.querySelector('#minutes').innerText !== window.before && document.querySelector('#minutes').closest('details').open`)
	b.follow("TransferFunds")
	b.until("the filter", `document.querySelector('#query').value.includes('TransferFunds')`)
}
