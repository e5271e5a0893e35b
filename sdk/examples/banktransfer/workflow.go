package banktransfer

import (
	"time"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/workflow"
)

// TransferFunds moves money. It fails with one of the Type constants, and never leaves money between the accounts.
func TransferFunds(ctx workflow.Context, in Transfer) (Receipt, error) {
	if in.Amount <= 0 || in.Reference == "" || in.From == in.To {
		return Receipt{}, sdk.NewNonRetryableError("the order makes no sense", TypeInvalidTransfer, nil)
	}
	t := &transfer{Transfer: in, progress: Progress{Step: StepDebiting}}
	workflow.SetQueryHandler(ctx, QueryProgress, func() (Progress, error) { return t.progress, nil })
	receipt, err := t.run(ctx)
	t.progress.Step = StepDone
	if err != nil {
		t.progress.Step = StepFailed
	}
	return receipt, err
}

// transfer is the state of one workflow.
type transfer struct {
	Transfer
	progress Progress
}

// activities is nil: the workflow needs the activities' names and types, the worker has the ledger.
var activities *Activities

func (t *transfer) run(ctx workflow.Context) (Receipt, error) {
	// A step that was begun is finished, also if the workflow is canceled meanwhile: only so is it known what happened.
	steps, _ := workflow.NewDisconnectedContext(ctx)
	steps = workflow.WithActivityOptions(steps, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &sdk.RetryPolicy{InitialInterval: 200 * time.Millisecond, MaximumInterval: 10 * time.Second},
	})
	debit, err := workflow.ExecuteActivity(steps, activities.Debit, t.posting("debit", t.From)).Get(ctx)
	if err != nil {
		return Receipt{}, err
	}
	t.progress = Progress{Step: StepHolding, Moved: t.Amount}
	if err := t.hold(ctx); err != nil {
		return Receipt{}, t.refund(steps, err)
	}
	t.progress.Step = StepCrediting
	credit, err := workflow.ExecuteActivity(steps, activities.Credit, t.posting("credit", t.To)).Get(ctx)
	if err != nil {
		return Receipt{}, t.refund(steps,
			sdk.NewNonRetryableError("the money could not be credited and is back", TypeRefunded, err))
	}
	t.progress.Moved = 0
	return Receipt{Reference: t.Reference, Debit: debit, Credit: credit}, nil
}

// hold waits for the time to pass. It returns an error if the transfer is aborted or canceled before.
func (t *transfer) hold(ctx workflow.Context) error {
	waiting, stop := workflow.WithCancel(ctx)
	defer stop()
	var end error
	selector := workflow.NewSelector(ctx)
	workflow.AddReceive(selector, workflow.SignalChannel[string](ctx, SignalAbort), func(reason string, _ bool) {
		end = sdk.NewNonRetryableError("the transfer was aborted: "+reason, TypeAborted, nil)
	})
	workflow.AddReceive(selector, ctx.Done(), func(struct{}, bool) { end = ctx.Err() })
	workflow.AddFuture(selector, workflow.NewTimer(waiting, t.Hold), func(struct{}, error) {})
	selector.Select(ctx)
	return end
}

// refund puts the money back and returns why. It is retried until it succeeds: giving up would lose the money.
func (t *transfer) refund(steps workflow.Context, why error) error {
	t.progress.Step = StepRefunding
	if _, err := workflow.ExecuteActivity(steps, activities.Refund, t.posting("refund", t.From)).Get(steps); err != nil {
		return err
	}
	t.progress.Moved = 0
	return why
}

// posting is the step's order. Its key is the same however often the step runs.
func (t *transfer) posting(step, account string) Posting {
	return Posting{Key: t.Reference + "/" + step, Account: account, Amount: t.Amount}
}
