package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

func run(ctx context.Context, args []string, out io.Writer) error {
	c, err := parse(args, out)
	if err != nil {
		return err
	}
	if c.role == "audit" {
		return audit(ctx, c, out)
	}
	role, ok := map[string]func(context.Context, config, *client.Client, io.Writer) error{
		"workflow": work, "activity": work, "both": work, "start": start, "status": status, "abort": abort,
	}[c.role]
	if !ok {
		return fmt.Errorf("unknown role %q", c.role)
	}
	options, err := c.clientOptions()
	if err != nil {
		return err
	}
	cl, err := client.Dial(ctx, options)
	if err != nil {
		return err
	}
	return errors.Join(role(ctx, c, cl, out), cl.Close())
}

// work runs a worker until ctx ends.
func work(ctx context.Context, c config, cl *client.Client, out io.Writer) (err error) {
	options := worker.Options{DisableWorkflows: c.role == "activity", DisableActivities: c.role == "workflow"}
	var ledger *banktransfer.Ledger
	if !options.DisableActivities {
		if ledger, err = openLedger(ctx, c); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, ledger.Close()) }()
	}
	fmt.Fprintf(out, "worker (%s) on task queue %s of %s\n", c.role, banktransfer.TaskQueue, c.address)
	return banktransfer.NewWorker(cl, ledger, options).Run(ctx)
}

func start(ctx context.Context, c config, cl *client.Client, out io.Writer) error {
	runs := make([]*client.Run[banktransfer.Receipt], 0, c.count)
	for n := range c.count {
		run, err := banktransfer.Start(ctx, cl, banktransfer.Transfer{
			Reference: c.reference(n + 1), From: c.from, To: c.to, Amount: banktransfer.Cents(c.amount), Hold: c.hold,
		})
		if err != nil {
			return fmt.Errorf("start %s: %w", c.reference(n+1), err)
		}
		fmt.Fprintf(out, "%s started, run %s\n", run.ID(), run.RunID())
		runs = append(runs, run)
	}
	if !c.wait {
		return nil
	}
	for _, run := range runs {
		receipt, err := run.Get(ctx)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			fmt.Fprintf(out, "%s failed: %v\n", run.ID(), err)
			continue
		}
		fmt.Fprintf(out, "%s done: %s has %d, %s has %d\n", run.ID(),
			receipt.Debit.Account, receipt.Debit.Balance, receipt.Credit.Account, receipt.Credit.Balance)
	}
	return nil
}

func status(ctx context.Context, c config, cl *client.Client, out io.Writer) error {
	for n := range c.count {
		id := c.reference(n + 1)
		description, err := cl.Describe(ctx, id, "")
		if err != nil {
			return fmt.Errorf("describe %s: %w", id, err)
		}
		fmt.Fprintf(out, "%s %s", id, description.GetWorkflowExecutionInfo().GetStatus())
		progress, err := client.Query[banktransfer.Progress](ctx, cl, id, "", banktransfer.QueryProgress)
		if err != nil {
			fmt.Fprintf(out, " (%v)\n", err)
			continue
		}
		fmt.Fprintf(out, " %s, %d cents moved\n", progress.Step, progress.Moved)
	}
	return nil
}

func abort(ctx context.Context, c config, cl *client.Client, out io.Writer) error {
	for n := range c.count {
		id := c.reference(n + 1)
		if err := cl.Signal(ctx, id, "", banktransfer.SignalAbort, c.reason); err != nil {
			return fmt.Errorf("abort %s: %w", id, err)
		}
		fmt.Fprintf(out, "%s asked to abort\n", id)
	}
	return nil
}

func audit(ctx context.Context, c config, out io.Writer) (err error) {
	ledger, err := openLedger(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ledger.Close()) }()
	books, err := ledger.Audit(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, books)
	return nil
}

func openLedger(ctx context.Context, c config) (*banktransfer.Ledger, error) {
	ledger, err := banktransfer.OpenLedger(ctx, c.ledger)
	if err != nil {
		return nil, err
	}
	if err := ledger.Seed(ctx, banktransfer.Cents(c.deposit)); err != nil {
		return nil, errors.Join(err, ledger.Close())
	}
	return ledger, nil
}
