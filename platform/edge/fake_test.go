package edge_test

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/engine"
	"github.com/tenuto-io/tenuto/orchestration/history"
	"github.com/tenuto-io/tenuto/platform/edge"
)

var _ edge.Engine = (*fakeEngine)(nil)

// fakeEngine answers with what a test puts into its fields. A verb that the test does not expect panics, and the client sees Internal.
type fakeEngine struct {
	start                func(context.Context, engine.StartRequest) (engine.StartReply, error)
	signal               func(context.Context, orchestration.RunKey, history.Signal) error
	signalWithStart      func(context.Context, engine.StartRequest, history.Signal) (engine.StartReply, error)
	requestCancel        func(context.Context, orchestration.RunKey, orchestration.RunID, history.Cancel) error
	reset                func(context.Context, engine.ResetRequest) (orchestration.RunID, error)
	terminate            func(context.Context, orchestration.RunKey, orchestration.RunID, history.Terminate) error
	delete               func(context.Context, orchestration.RunKey, history.Terminate) error
	query                func(context.Context, engine.QueryRequest) (engine.QueryReply, error)
	updateWorkflow       func(context.Context, engine.UpdateRequest) (engine.UpdateReply, error)
	pollUpdate           func(context.Context, engine.UpdatePoll) (engine.UpdateReply, error)
	updateWithStart      func(context.Context, engine.StartRequest, engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error)
	resetSticky          func(context.Context, orchestration.RunKey) error
	pollWorkflowTask     func(context.Context, engine.Poll) (*engine.WorkflowTask, error)
	pollActivityTask     func(context.Context, engine.Poll) (*engine.ActivityTask, error)
	completeWorkflowTask func(context.Context, engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error)
	failWorkflowTask     func(context.Context, orchestration.TaskToken, history.FailWorkflowTask) error
	answerQuery          func(context.Context, engine.QueryAnswer) error
	workerGone           func(context.Context, engine.WorkerGone) error
	completeActivity     func(context.Context, engine.ActivityTarget, *commonpb.Payloads) error
	failActivity         func(context.Context, engine.ActivityTarget, *failurepb.Failure, *commonpb.Payloads) error
	cancelActivity       func(context.Context, engine.ActivityTarget, *commonpb.Payloads) error
	heartbeat            func(context.Context, engine.ActivityTarget, *commonpb.Payloads) (history.HeartbeatAnswer, error)
	history              func(context.Context, engine.HistoryRequest) (engine.HistoryPage, error)
	historyReverse       func(context.Context, engine.HistoryRequest) (engine.HistoryPage, error)
	describe             func(context.Context, orchestration.RunKey) (*engine.Description, error)
	list                 func(context.Context, engine.ListRequest) (engine.ListPage, error)
	count                func(context.Context, engine.ListRequest) (engine.RunCount, error)
	describeQueue        func(context.Context, engine.QueueRequest) (engine.QueueDescription, error)

	operations
	registry

	ofWorkflow func(context.Context) // called by every verb on a workflow; nil: not
}

func (f *fakeEngine) about(ctx context.Context) {
	if f.ofWorkflow != nil {
		f.ofWorkflow(ctx)
	}
}

func (f *fakeEngine) Start(ctx context.Context, r engine.StartRequest) (engine.StartReply, error) {
	f.about(ctx)
	return f.start(ctx, r)
}

func (f *fakeEngine) Signal(ctx context.Context, run orchestration.RunKey, s history.Signal) error {
	f.about(ctx)
	return f.signal(ctx, run, s)
}

func (f *fakeEngine) SignalWithStart(ctx context.Context, r engine.StartRequest, s history.Signal) (engine.StartReply, error) {
	f.about(ctx)
	return f.signalWithStart(ctx, r, s)
}

func (f *fakeEngine) RequestCancel(ctx context.Context, run orchestration.RunKey, first orchestration.RunID, c history.Cancel) error {
	f.about(ctx)
	return f.requestCancel(ctx, run, first, c)
}

func (f *fakeEngine) Reset(ctx context.Context, r engine.ResetRequest) (orchestration.RunID, error) {
	f.about(ctx)
	return f.reset(ctx, r)
}

func (f *fakeEngine) Terminate(ctx context.Context, run orchestration.RunKey, first orchestration.RunID, t history.Terminate) error {
	f.about(ctx)
	return f.terminate(ctx, run, first, t)
}

func (f *fakeEngine) Delete(ctx context.Context, run orchestration.RunKey, t history.Terminate) error {
	f.about(ctx)
	return f.delete(ctx, run, t)
}

func (f *fakeEngine) Query(ctx context.Context, r engine.QueryRequest) (engine.QueryReply, error) {
	f.about(ctx)
	return f.query(ctx, r)
}

func (f *fakeEngine) UpdateWorkflow(ctx context.Context, r engine.UpdateRequest) (engine.UpdateReply, error) {
	f.about(ctx)
	return f.updateWorkflow(ctx, r)
}

func (f *fakeEngine) PollUpdate(ctx context.Context, r engine.UpdatePoll) (engine.UpdateReply, error) {
	f.about(ctx)
	return f.pollUpdate(ctx, r)
}

func (f *fakeEngine) UpdateWithStart(ctx context.Context, s engine.StartRequest, u engine.UpdateRequest) (engine.StartReply, engine.UpdateReply, error) {
	f.about(ctx)
	return f.updateWithStart(ctx, s, u)
}

func (f *fakeEngine) ResetSticky(ctx context.Context, run orchestration.RunKey) error {
	f.about(ctx)
	return f.resetSticky(ctx, run)
}

func (f *fakeEngine) PollWorkflowTask(ctx context.Context, p engine.Poll) (*engine.WorkflowTask, error) {
	return f.pollWorkflowTask(ctx, p)
}

func (f *fakeEngine) PollActivityTask(ctx context.Context, p engine.Poll) (*engine.ActivityTask, error) {
	return f.pollActivityTask(ctx, p)
}

func (f *fakeEngine) CompleteWorkflowTask(ctx context.Context, a engine.WorkflowTaskAnswer) (engine.WorkflowTaskAccepted, error) {
	f.about(ctx)
	return f.completeWorkflowTask(ctx, a)
}

func (f *fakeEngine) FailWorkflowTask(ctx context.Context, t orchestration.TaskToken, w history.FailWorkflowTask) error {
	f.about(ctx)
	return f.failWorkflowTask(ctx, t, w)
}

func (f *fakeEngine) AnswerQuery(ctx context.Context, a engine.QueryAnswer) error {
	f.about(ctx)
	return f.answerQuery(ctx, a)
}

func (f *fakeEngine) WorkerGone(ctx context.Context, w engine.WorkerGone) error {
	return f.workerGone(ctx, w)
}

func (f *fakeEngine) CompleteActivity(ctx context.Context, a engine.ActivityTarget, p *commonpb.Payloads) error {
	f.about(ctx)
	return f.completeActivity(ctx, a, p)
}

func (f *fakeEngine) FailActivity(ctx context.Context, a engine.ActivityTarget, x *failurepb.Failure, p *commonpb.Payloads) error {
	f.about(ctx)
	return f.failActivity(ctx, a, x, p)
}

func (f *fakeEngine) CancelActivity(ctx context.Context, a engine.ActivityTarget, p *commonpb.Payloads) error {
	f.about(ctx)
	return f.cancelActivity(ctx, a, p)
}

func (f *fakeEngine) Heartbeat(ctx context.Context, a engine.ActivityTarget, p *commonpb.Payloads) (history.HeartbeatAnswer, error) {
	f.about(ctx)
	return f.heartbeat(ctx, a, p)
}

func (f *fakeEngine) History(ctx context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
	f.about(ctx)
	return f.history(ctx, r)
}

func (f *fakeEngine) HistoryReverse(ctx context.Context, r engine.HistoryRequest) (engine.HistoryPage, error) {
	f.about(ctx)
	return f.historyReverse(ctx, r)
}

func (f *fakeEngine) Describe(ctx context.Context, run orchestration.RunKey) (*engine.Description, error) {
	f.about(ctx)
	return f.describe(ctx, run)
}

func (f *fakeEngine) List(ctx context.Context, r engine.ListRequest) (engine.ListPage, error) {
	return f.list(ctx, r)
}

func (f *fakeEngine) CountGroups(ctx context.Context, r engine.ListRequest) (engine.RunCount, error) {
	return f.count(ctx, r)
}

func (f *fakeEngine) DescribeQueue(ctx context.Context, r engine.QueueRequest) (engine.QueueDescription, error) {
	return f.describeQueue(ctx, r)
}
