package console

import (
	"net/http"

	"github.com/tenuto-io/tenuto/console/view"
)

// runTable is every route of one run.
func (c *Console) runTable() []route {
	const workflow = "/t/:tenant/ns/:namespace/workflows/:workflow"
	const run = workflow + "/:run"
	return []route{
		{http.MethodGet, "/t/:tenant/ns/:namespace" + view.HistoryFilePath, reading, c.askForFile},
		{http.MethodPost, "/t/:tenant/ns/:namespace" + view.HistoryFilePath, reading, c.openFile},

		{http.MethodGet, workflow, reading, c.currentRun},
		{http.MethodGet, run, reading, c.run},
		{http.MethodGet, run + "/live", reading, c.liveRun(reading)},
		{http.MethodGet, run + "/history", reading, c.runHistory},
		{http.MethodGet, run + "/history.json", reading, c.historyFile},
		{http.MethodGet, run + "/trace", reading, c.runTrace},
		{http.MethodGet, run + "/family", reading, c.runFamily},
		{http.MethodGet, run + "/workers", reading, c.runWorkers},
		{http.MethodGet, run + "/query", reading, c.queryRun},
		{http.MethodGet, run + "/data", reading, c.runData},
		{http.MethodGet, run + "/compare", reading, c.compareRuns},
		{http.MethodGet, run + "/reset", reading, c.resetPage},
		{http.MethodGet, run + "/again", reading, c.againPage},

		{http.MethodPost, run + "/reset", writing, c.resetRun},
		{http.MethodPost, run + "/again", writing, c.startAgain},
		{http.MethodPost, run + "/signal", writing, c.signalRun},
		{http.MethodPost, run + "/update", writing, c.updateRun},
		{http.MethodPost, run + "/cancel", writing, c.cancelRun},
		{http.MethodPost, run + "/terminate", writing, c.terminateRun},

		{http.MethodGet, run + "/activities/:activity/options", reading, c.activityOptions},
		{http.MethodPost, run + "/activities/:activity/options", writing, c.changeActivityOptions},
		{http.MethodPost, run + "/activities/:activity/pause", writing, c.pauseActivity},
		{http.MethodPost, run + "/activities/:activity/unpause", writing, c.unpauseActivity},
		{http.MethodPost, run + "/activities/:activity/reset", writing, c.resetActivity},
	}
}
