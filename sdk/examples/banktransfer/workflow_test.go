package banktransfer_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"google.golang.org/protobuf/proto"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

// bank is a ledger, a server, a client and a worker for both.
type bank struct {
	*banktransfer.Ledger
	engine *wiretest.Engine
	client *client.Client
}

func newBank(t *testing.T, options client.Options) *bank {
	t.Helper()
	b := &bank{Ledger: openLedger(t, ":memory:"), engine: wiretest.NewEngine()}
	options.Logger = wiretest.Logger
	b.client = client.FromConn(wiretest.Serve(t, b.engine), options)
	w := banktransfer.NewWorker(b.client, b.Ledger, worker.Options{})
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return b
}

func (b *bank) start(t *testing.T, transfer banktransfer.Transfer) *client.Run[banktransfer.Receipt] {
	t.Helper()
	run, err := banktransfer.Start(t.Context(), b.client, transfer)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func (b *bank) assertBalanced(t *testing.T, alice, bob banktransfer.Cents) {
	t.Helper()
	assertBalance(t, b.Ledger, banktransfer.Alice, alice)
	assertBalance(t, b.Ledger, banktransfer.Bob, bob)
	if audit, err := b.Audit(t.Context()); err != nil || !audit.Balanced() {
		t.Errorf("%s, %v", audit, err)
	}
}

// order is a transfer from Alice to Bob.
func order(reference string, amount banktransfer.Cents) banktransfer.Transfer {
	return banktransfer.Transfer{Reference: reference, From: banktransfer.Alice, To: banktransfer.Bob, Amount: amount}
}

func TestATransferGoesThrough(t *testing.T) {
	b := newBank(t, client.Options{})
	run := b.start(t, order("t1", 100))
	receipt, err := run.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if receipt.Reference != "t1" || receipt.Debit.Balance != 900 || receipt.Credit.Balance != 1100 {
		t.Errorf("receipt %+v", receipt)
	}
	b.assertBalanced(t, 900, 1100)
	progress, err := client.Query[banktransfer.Progress](t.Context(), b.client, "t1", "", banktransfer.QueryProgress)
	if err != nil || progress != (banktransfer.Progress{Step: banktransfer.StepDone}) {
		t.Errorf("progress %+v, %v", progress, err)
	}
}

func TestTransfersThatFail(t *testing.T) {
	b := newBank(t, client.Options{})
	toClosed := order("closed", 100)
	toClosed.To = banktransfer.Closed
	toNobody := order("nobody", 100)
	toNobody.To = "nobody"
	toSelf := order("self", 100)
	toSelf.To = toSelf.From
	for _, test := range []struct {
		transfer banktransfer.Transfer
		want     string // the outer type
		cause    string // the inner type
	}{
		{order("much", deposit+1), banktransfer.TypeInsufficientFunds, ""},
		{toClosed, banktransfer.TypeRefunded, banktransfer.TypeAccountClosed},
		{toNobody, banktransfer.TypeRefunded, banktransfer.TypeNoAccount},
		{toSelf, banktransfer.TypeInvalidTransfer, ""},
		{order("negative", -5), banktransfer.TypeInvalidTransfer, ""},
	} {
		_, err := b.start(t, test.transfer).Get(t.Context())
		var application *sdk.ApplicationError
		if !errors.As(err, &application) || application.Type != test.want {
			t.Errorf("%s: got %v", test.transfer.Reference, err)
			continue
		}
		if test.cause != "" && !sdk.HasType(application.Cause, test.cause) {
			t.Errorf("%s: cause %v", test.transfer.Reference, application.Cause)
		}
	}
	b.assertBalanced(t, deposit, deposit)
}

func TestATransferIsAbortedWhileItHolds(t *testing.T) {
	b := newBank(t, client.Options{})
	held := order("held", 100)
	held.Hold = time.Hour
	run := b.start(t, held)
	b.engine.AwaitEvent(t, "held", enumspb.EVENT_TYPE_TIMER_STARTED)
	progress, err := client.Query[banktransfer.Progress](t.Context(), b.client, "held", "", banktransfer.QueryProgress)
	if err != nil || progress != (banktransfer.Progress{Step: banktransfer.StepHolding, Moved: 100}) {
		t.Errorf("progress %+v, %v", progress, err)
	}
	if err := run.Signal(t.Context(), banktransfer.SignalAbort, "changed my mind"); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Get(t.Context()); !sdk.HasType(err, banktransfer.TypeAborted) || !strings.Contains(err.Error(), "changed my mind") {
		t.Errorf("got %v", err)
	}
	b.assertBalanced(t, deposit, deposit)
}

func TestACanceledTransferIsRefunded(t *testing.T) {
	b := newBank(t, client.Options{})
	held := order("held", 100)
	held.Hold = time.Hour
	run := b.start(t, held)
	b.engine.AwaitEvent(t, "held", enumspb.EVENT_TYPE_TIMER_STARTED)
	if err := run.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Get(t.Context()); !sdk.IsCanceled(err) {
		t.Errorf("got %v", err)
	}
	b.engine.AwaitEvent(t, "held", enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED)
	b.assertBalanced(t, deposit, deposit)
}

func TestAHoldThatNobodyEndsEndsItself(t *testing.T) {
	b := newBank(t, client.Options{})
	held := order("held", 100)
	held.Hold = 10 * time.Millisecond
	if _, err := b.start(t, held).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.assertBalanced(t, deposit-100, deposit+100)
}

// TestASecondTransferOfAReferenceMovesNothing starts the same transfer under another workflow id.
func TestASecondTransferOfAReferenceMovesNothing(t *testing.T) {
	b := newBank(t, client.Options{})
	first, err := b.start(t, order("t1", 100)).Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	options := client.StartOptions{ID: "again", TaskQueue: banktransfer.TaskQueue}
	run, err := client.ExecuteWorkflow(t.Context(), b.client, options, banktransfer.TransferFunds, order("t1", 100))
	if err != nil {
		t.Fatal(err)
	}
	if second, err := run.Get(t.Context()); err != nil || second != first {
		t.Errorf("got %+v, %v", second, err)
	}
	b.assertBalanced(t, deposit-100, deposit+100)
}

func TestManyTransfersAtATime(t *testing.T) {
	const count = 100
	b := newBank(t, client.Options{})
	runs := make([]*client.Run[banktransfer.Receipt], count)
	for i := range runs {
		runs[i] = b.start(t, order("t"+string(rune('a'+i/26))+string(rune('a'+i%26)), 1))
	}
	for _, run := range runs {
		if _, err := run.Get(t.Context()); err != nil {
			t.Error(err)
		}
	}
	b.assertBalanced(t, deposit-count, deposit+count)
}

// TestEncryptedTransfersTellTheServerNothing looks for names and messages in everything the server has.
func TestEncryptedTransfersTellTheServerNothing(t *testing.T) {
	options, err := banktransfer.Encrypt(client.Options{Identity: "w"}, "k", bytes.Repeat([]byte{5}, 32))
	if err != nil {
		t.Fatal(err)
	}
	b := newBank(t, options)
	toClosed := order("t2", 50)
	toClosed.To = banktransfer.Closed
	if _, err := b.start(t, order("t1", 100)).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.start(t, toClosed).Get(t.Context()); !sdk.HasType(err, banktransfer.TypeRefunded) {
		t.Fatalf("got %v", err)
	}
	for _, id := range []string{"t1", "t2"} {
		for _, event := range b.engine.History(id) {
			wire, err := proto.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range []string{banktransfer.Alice, banktransfer.Bob, "the account is closed", "balance"} {
				if bytes.Contains(wire, []byte(secret)) {
					t.Errorf("event %d of %s tells %q", event.GetEventId(), id, secret)
				}
			}
		}
	}
	if _, err := banktransfer.Encrypt(client.Options{}, "k", []byte("short")); err == nil {
		t.Error("a short key was taken")
	}
}
