package pages

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestFirstStepsJourney is the walk of docs/first-steps.md, click by click: an activity that fails is found, explained, fixed, and its workflow completed. The page says
// how many clicks that takes.
func TestFirstStepsJourney(t *testing.T) {
	b := serve(t, "--demo").browse()
	clicks := 1 // Sign in
	click := func(text string) {
		t.Helper()
		b.follow(text)
		clicks++
	}
	click("Stuck and retrying")
	b.until("the order that waits", `(() => { if (/attempt 4.*no umbrella is left on the shelf|no umbrella is left on the shelf.*attempt 4/.test(document.body?.innerText)) return true; if (performance.now() > 2000) location.reload() })()`)
	b.sound("first-steps-found")
	click("order-of-an-umbrella")
	b.shows("Pending")
	b.shows("no umbrella is left on the shelf")
	b.sound("first-steps-explained")
	click("Workflows")
	click("Start a workflow")
	b.fill("#start-type", "Restock")
	b.fill("#start-queue", "shop")
	b.write("#start-input", `{"item": "umbrella", "count": 10}`)
	click("Start")
	b.shows("Completed")
	b.sound("first-steps-fixed")
	click("Stuck and retrying")
	click("order-of-an-umbrella")
	b.shows("Pending")
	b.press(`form[action*="/activities/"][action$="/reset"] button`)
	clicks++
	b.shows("The activity begins anew.")
	b.until("the order's end", `document.querySelector("main .status").innerText.includes("Completed")`)
	b.sound("first-steps-completed")

	page, err := os.ReadFile("../../../../docs/first-steps.md")
	must(t, err)
	if want := strconv.Itoa(clicks) + " clicks"; !strings.Contains(string(page), want) {
		t.Errorf("docs/first-steps.md does not say that it takes %s", want)
	}
	for n := 1; n <= clicks; n++ {
		if !strings.Contains(string(page), fmt.Sprintf("\n%d. ", n)) {
			t.Errorf("docs/first-steps.md has no step %d", n)
		}
	}
}

// TestDemoFillsEveryPage: soon after its start, the demo has something to show on every page of its namespace, and at an order that waits.
func TestDemoFillsEveryPage(t *testing.T) {
	b := serve(t, "--demo").browse()
	client := b.visitor()
	for _, path := range []string{"overview", "workflows", "stuck", "queues", "queues/shop", "workers", "batches", "usage", "workflows?query=ExecutionStatus+%3D+%27Failed%27", "stuck?query=TaskQueue+%3D+%27reports%27"} {
		for end := time.Now().Add(patience); ; time.Sleep(500 * time.Millisecond) {
			reply, err := client.Get(b.console + "/t/default/ns/default/" + path)
			must(t, err)
			page, err := io.ReadAll(reply.Body)
			must(t, err)
			must(t, reply.Body.Close())
			if reply.StatusCode == 200 && !strings.Contains(string(page), `class="empty"`) {
				break
			}
			if time.Now().After(end) {
				t.Errorf("%s (%s) shows nothing", path, reply.Status)
				break
			}
		}
	}
}
