package pages

import "testing"

// The demonstration's transfers are listed, and one leads to its history.
func TestFirstPagesJourney(t *testing.T) {
	b := serve(t, "--demo").browse()
	b.open("/")
	b.shows("Transfer")
	b.sound("workflows")
	b.press("td.id a")
	b.shows("Timeline")
	b.sound("run-of-the-demo")
}
