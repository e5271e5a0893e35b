package acceptance

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// officialTransfer is a twin of banktransfer.TransferFunds, written with the official SDK: a history that one of them made
// must replay in the other.
func officialTransfer(ctx workflow.Context, in banktransfer.Transfer) (receipt banktransfer.Receipt, err error) {
	if err := workflow.SetQueryHandler(ctx, banktransfer.QueryProgress, func() (banktransfer.Progress, error) {
		return banktransfer.Progress{}, nil
	}); err != nil {
		return receipt, err
	}
	steps, _ := workflow.NewDisconnectedContext(ctx)
	steps = workflow.WithActivityOptions(steps, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, MaximumInterval: 10 * time.Second},
	})
	post := func(step, account string) (entry banktransfer.Entry, err error) {
		order := banktransfer.Posting{Key: fmt.Sprint(in.Reference, "/", step), Account: account, Amount: in.Amount}
		name := map[string]string{"debit": "Debit", "credit": "Credit", "refund": "Refund"}[step]
		err = workflow.ExecuteActivity(steps, name, order).Get(ctx, &entry)
		return entry, err
	}
	refund := func(message, kind string, cause error) error {
		back, err := post("refund", in.From)
		if err != nil {
			return err
		}
		return temporal.NewNonRetryableApplicationError(message, kind, cause, back)
	}

	receipt.Reference = in.Reference
	if receipt.Debit, err = post("debit", in.From); err != nil {
		return receipt, err
	}
	if officialHold(ctx, in.Hold) {
		return receipt, refund("the transfer was aborted", banktransfer.TypeAborted, nil)
	}
	if receipt.Credit, err = post("credit", in.To); err != nil {
		return receipt, refund("the money could not be credited and is back", banktransfer.TypeRefunded, err)
	}
	return receipt, nil
}

// officialHold waits, and tells whether the transfer was aborted meanwhile.
func officialHold(ctx workflow.Context, hold time.Duration) (abort bool) {
	waiting, stop := workflow.WithCancel(ctx)
	defer stop()
	s := workflow.NewSelector(ctx)
	s.AddReceive(workflow.GetSignalChannel(ctx, banktransfer.SignalAbort), func(c workflow.ReceiveChannel, _ bool) {
		c.Receive(ctx, nil)
		abort = true
	})
	s.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { abort = true })
	s.AddFuture(workflow.NewTimer(waiting, hold), func(workflow.Future) {})
	s.Select(ctx)
	return abort
}
