package banktransfer_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tenuto-io/tenuto/sdk"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

const deposit = 1000

// openLedger opens a seeded ledger in a file of its own, or the given one.
func openLedger(t *testing.T, path string) *banktransfer.Ledger {
	t.Helper()
	ledger, err := banktransfer.OpenLedger(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := ledger.Seed(t.Context(), deposit); err != nil {
		t.Fatal(err)
	}
	return ledger
}

func assertBalance(t *testing.T, l *banktransfer.Ledger, account string, want banktransfer.Cents) {
	t.Helper()
	if got, err := l.Balance(t.Context(), account); err != nil || got != want {
		t.Errorf("%s has %d, %v, want %d", account, got, err, want)
	}
}

func TestAPostingTakesEffectOnce(t *testing.T) {
	l := openLedger(t, ":memory:")
	p := banktransfer.Posting{Key: "k", Account: banktransfer.Alice, Amount: -30}
	first, err := l.Post(t.Context(), p, false)
	if err != nil || first.Balance != deposit-30 {
		t.Fatalf("got %+v, %v", first, err)
	}
	if _, err := l.Post(t.Context(), banktransfer.Posting{Key: "other", Account: banktransfer.Alice, Amount: 5}, false); err != nil {
		t.Fatal(err)
	}
	if again, err := l.Post(t.Context(), p, false); err != nil || again != first {
		t.Errorf("the second answer is %+v, %v", again, err)
	}
	assertBalance(t, l, banktransfer.Alice, deposit-25)
	if audit, err := l.Audit(t.Context()); err != nil || audit.Repeats != 1 {
		t.Errorf("audit %+v, %v", audit, err)
	}
}

func TestAKeyBelongsToOnePosting(t *testing.T) {
	l := openLedger(t, ":memory:")
	if _, err := l.Post(t.Context(), banktransfer.Posting{Key: "k", Account: banktransfer.Alice, Amount: 1}, false); err != nil {
		t.Fatal(err)
	}
	for _, p := range []banktransfer.Posting{
		{Key: "k", Account: banktransfer.Bob, Amount: 1}, {Key: "k", Account: banktransfer.Alice, Amount: 2},
	} {
		if _, err := l.Post(t.Context(), p, false); !errors.Is(err, banktransfer.ErrKeyReused) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestRefusedPostingsChangeNothing(t *testing.T) {
	l := openLedger(t, ":memory:")
	for _, test := range []struct {
		account string
		amount  banktransfer.Cents
		want    error
	}{
		{banktransfer.Alice, -deposit - 1, banktransfer.ErrInsufficientFunds},
		{banktransfer.Closed, 1, banktransfer.ErrAccountClosed},
		{"nobody", 1, banktransfer.ErrNoAccount},
	} {
		p := banktransfer.Posting{Key: "k", Account: test.account, Amount: test.amount}
		if _, err := l.Post(t.Context(), p, false); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v", test.account, err)
		}
	}
	// The key was not used up.
	if _, err := l.Post(t.Context(), banktransfer.Posting{Key: "k", Account: banktransfer.Alice, Amount: -deposit}, false); err != nil {
		t.Error(err)
	}
	if _, err := l.Balance(t.Context(), "nobody"); !errors.Is(err, banktransfer.ErrNoAccount) {
		t.Errorf("balance of nobody: %v", err)
	}
}

func TestTheLedgerOutlivesItsProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a ledger?#%.db")
	first, err := banktransfer.OpenLedger(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Seed(t.Context(), deposit); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Post(t.Context(), banktransfer.Posting{Key: "k", Account: banktransfer.Bob, Amount: 7}, false); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := openLedger(t, path) // seeds again, which changes nothing
	assertBalance(t, second, banktransfer.Bob, deposit+7)
}

// TestTwoProcessesShareALedger posts the same keys from two connections at a time, as a worker and its successor may.
func TestTwoProcessesShareALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shared.db")
	ledgers := []*banktransfer.Ledger{openLedger(t, path), openLedger(t, path)}
	var group sync.WaitGroup
	for _, l := range ledgers {
		for n := range 4 {
			group.Go(func() {
				for i := range 25 {
					key := string(rune('a'+n)) + string(rune('a'+i))
					p := banktransfer.Posting{Key: key, Account: banktransfer.Alice, Amount: -1}
					if _, err := l.Post(t.Context(), p, false); err != nil {
						t.Errorf("%s: %v", key, err)
					}
				}
			})
		}
	}
	group.Wait()
	assertBalance(t, ledgers[0], banktransfer.Alice, deposit-100)
	if audit, err := ledgers[1].Audit(t.Context()); err != nil || audit.Repeats != 100 || audit.Wrong != 0 {
		t.Errorf("audit %+v, %v", audit, err)
	}
}

func TestTheAuditFindsLooseEnds(t *testing.T) {
	l := openLedger(t, ":memory:")
	post := func(key, account string, amount banktransfer.Cents) {
		if _, err := l.Post(t.Context(), banktransfer.Posting{Key: key, Account: account, Amount: amount}, true); err != nil {
			t.Fatal(err)
		}
	}
	audit := func() banktransfer.Audit {
		a, err := l.Audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	post("t1/debit", banktransfer.Alice, -10)
	if a := audit(); a.Balanced() || len(a.Loose) != 1 || a.Loose[0] != "t1" || a.Total != a.Deposited-10 {
		t.Errorf("under way: %+v", a)
	}
	post("t1/credit", banktransfer.Bob, 10)
	post("t2/debit", banktransfer.Alice, -5)
	post("t2/refund", banktransfer.Alice, 5)
	want := "balanced: 2000 of 2000 cents deposited; 2 debits, 1 credits, 1 refunds, 0 repeats without effect"
	if a := audit(); !a.Balanced() || a.String() != want {
		t.Errorf("settled: %s", a)
	}
	post("t1/refund", banktransfer.Alice, 10)
	if a := audit(); a.Balanced() || len(a.Loose) != 1 {
		t.Errorf("settled twice: %s", a)
	}
}

func TestFailuresThatNoRetryCures(t *testing.T) {
	a := banktransfer.NewActivities(openLedger(t, ":memory:"))
	ctx := t.Context()
	credit := func(account string) func() error {
		return func() error {
			_, err := a.Credit(ctx, banktransfer.Posting{Key: "c", Account: account, Amount: 1})
			return err
		}
	}
	for errorType, call := range map[string]func() error{
		banktransfer.TypeInsufficientFunds: func() error {
			_, err := a.Debit(ctx, banktransfer.Posting{Key: "d", Account: banktransfer.Alice, Amount: deposit + 1})
			return err
		},
		banktransfer.TypeAccountClosed: credit(banktransfer.Closed),
		banktransfer.TypeNoAccount:     credit("nobody"),
	} {
		var application *sdk.ApplicationError
		if err := call(); !errors.As(err, &application) || application.Type != errorType || !application.NonRetryable {
			t.Errorf("%s: got %v", errorType, err)
		}
	}
	if _, err := a.Refund(ctx, banktransfer.Posting{Key: "r", Account: banktransfer.Closed, Amount: 1}); err != nil {
		t.Errorf("a closed account is refunded all the same: %v", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err := a.Debit(ended, banktransfer.Posting{Key: "x", Account: banktransfer.Alice, Amount: 1})
	var application *sdk.ApplicationError
	if err == nil || errors.As(err, &application) {
		t.Errorf("a failure of the database is retried: %v", err)
	}
}

func TestOpenFailures(t *testing.T) {
	if _, err := banktransfer.OpenLedger(t.Context(), filepath.Join(t.TempDir(), "missing", "x.db")); err == nil {
		t.Error("a ledger in a directory that does not exist")
	}
}
