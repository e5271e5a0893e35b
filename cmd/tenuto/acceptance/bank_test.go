package acceptance

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/tenuto-io/tenuto/sdk"
	ours "github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
	ourworker "github.com/tenuto-io/tenuto/sdk/worker"
)

// deposit is what each account of the bank begins with: enough for any number of transfers.
const deposit banktransfer.Cents = 1_000_000_000_00

func quietSlog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// createLedger makes the bank's books.
func createLedger(t testing.TB, path string) {
	t.Helper()
	l := openLedger(t, path)
	if err := l.Seed(t.Context(), deposit); err != nil {
		t.Fatal(err)
	}
}

func openLedger(t testing.TB, path string) *banktransfer.Ledger {
	t.Helper()
	l, err := banktransfer.OpenLedger(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// bankOptions are the client options of a bank at ADDRESS; with a key, in hexadecimal, payloads are encrypted.
func bankOptions(address, key string) (ours.Options, error) {
	options := ours.Options{Address: address, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if key == "" {
		return options, nil
	}
	secret, err := hex.DecodeString(key)
	if err != nil {
		return options, err
	}
	return banktransfer.Encrypt(options, "key-1", secret)
}

// bankWorker is the part of a worker process of the bank: HALF is "workflows" or "activities", LEDGER its books, KEY the
// key of the codec. Few slots, so that a kill leaves few steps to wait for their timeout.
func bankWorker(ctx context.Context) error {
	options, err := bankOptions(os.Getenv("ADDRESS"), os.Getenv("KEY"))
	if err != nil {
		return err
	}
	options.Lazy = true
	c, err := ours.Dial(ctx, options)
	if err != nil {
		return err
	}
	defer c.Close()
	work := ourworker.Options{
		DisableWorkflows:  os.Getenv("HALF") != string(workflowWorkers),
		DisableActivities: os.Getenv("HALF") != string(activityWorkers),
		StickyTimeout:     time.Second, MaxConcurrentActivities: 10, MaxConcurrentWorkflowTasks: 10,
	}
	var ledger *banktransfer.Ledger
	if !work.DisableActivities {
		if ledger, err = banktransfer.OpenLedger(ctx, os.Getenv("LEDGER")); err != nil {
			return err
		}
		defer ledger.Close()
	}
	return banktransfer.NewWorker(c, ledger, work).Run(ctx)
}

// spawnBank starts a worker process of the bank.
func spawnBank(t testing.TB, half victim, dir, address, ledger, key string) *process {
	t.Helper()
	return spawnRole(t, "bank-worker", filepath.Join(dir, string(half)+".log"),
		"ADDRESS="+address, "HALF="+string(half), "LEDGER="+ledger, "KEY="+key)
}

// bankClient is what the crash test asks of the bank.
type bankClient struct{ *ours.Client }

// start starts a transfer. Its id was perhaps taken by an earlier attempt of the same start, whose answer was lost.
func (b bankClient) start(ctx context.Context, o order) error {
	_, err := ours.ExecuteWorkflow(ctx, b.Client, ours.StartOptions{
		ID: o.id, TaskQueue: banktransfer.TaskQueue,
		ReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
	}, banktransfer.TransferFunds, o.transfer())
	var taken *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &taken) {
		return nil
	}
	return err
}

// abort asks a transfer to abort. It may be over already.
func (b bankClient) abort(ctx context.Context, id string) error {
	err := b.Signal(ctx, id, "", banktransfer.SignalAbort, "as planned")
	var over *serviceerror.NotFound
	if errors.As(err, &over) {
		return nil
	}
	return err
}

// outcome waits for the end of a transfer and tells how it ended. An error means that the end is not known.
func (b bankClient) outcome(ctx context.Context, id string) (fate, error) {
	receipt, err := ours.GetWorkflow[banktransfer.Receipt](b.Client, id, "").Get(ctx)
	switch {
	case err == nil && receipt.Reference == id:
		return paid, nil
	case err == nil:
		return "", fmt.Errorf("the receipt is for %q", receipt.Reference)
	case sdk.HasType(err, banktransfer.TypeRefunded):
		return refunded, nil
	case sdk.HasType(err, banktransfer.TypeAborted):
		return aborted, nil
	}
	return "", err
}
