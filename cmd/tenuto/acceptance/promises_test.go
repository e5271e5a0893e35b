package acceptance

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ours "github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// office is a server and a ledger, whose workers come and go.
type office struct {
	*testing.T
	server *server
	ledger string
	key    string // of the codec, in hexadecimal; "": none
	client *ours.Client
}

func newOffice(t *testing.T, key string) *office {
	t.Helper()
	o := &office{T: t, server: newDev(t, "--log-level", "debug"), key: key}
	o.ledger = filepath.Join(t.TempDir(), "ledger.db") // not among the server's files
	createLedger(t, o.ledger)
	options, err := bankOptions(o.server.grpc, key)
	if err != nil {
		t.Fatal(err)
	}
	options.Logger = quietSlog()
	if o.client, err = ours.Dial(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.client.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func (o *office) hire(half victim) *process {
	o.Helper()
	return spawnBank(o, half, o.server.dir, o.server.grpc, o.ledger, o.key)
}

func (o *office) start(transfer banktransfer.Transfer) *ours.Run[banktransfer.Receipt] {
	o.Helper()
	run, err := banktransfer.Start(o.Context(), o.client, transfer)
	if err != nil {
		o.Fatal(err)
	}
	return run
}

// step waits until a worker says that the transfer is at this step.
func (o *office) step(run *ours.Run[banktransfer.Receipt], want banktransfer.Step) {
	o.Helper()
	eventually(o, func() error {
		p, err := ours.Query[banktransfer.Progress](o.Context(), o.client, run.ID(), "", banktransfer.QueryProgress)
		if err == nil && p.Step != want {
			err = fmt.Errorf("%s is %s, want %s", run.ID(), p.Step, want)
		}
		return err
	})
}

func TestTransferWaitsForItsWorkers(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	run := o.start(banktransfer.Transfer{Reference: "early", From: banktransfer.Alice, To: banktransfer.Bob, Amount: 500})
	o.hire(workflowWorkers)
	o.step(run, banktransfer.StepDebiting) // it is under way, and no activity worker is there
	before := o.balance(banktransfer.Alice)
	equal(t, "balance while nobody can debit", before, deposit)
	o.hire(activityWorkers)
	receipt, err := run.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "debit", receipt.Debit.Balance, deposit-500)
	equal(t, "credit", receipt.Credit.Balance, deposit+500)
	equal(t, "balance", o.balance(banktransfer.Bob), deposit+500)
}

func (o *office) balance(account string) banktransfer.Cents {
	o.Helper()
	l, err := banktransfer.OpenLedger(o.Context(), o.ledger)
	if err != nil {
		o.Fatal(err)
	}
	defer l.Close()
	b, err := l.Balance(o.Context(), account)
	if err != nil {
		o.Fatal(err)
	}
	return b
}

// The names that must not be seen, and a reference, which is the workflow's id and may be.
const (
	payer, payee = "zanzibar-holdings", "quixote-and-daughters"
	reference    = "invoice-4711"
)

// TestCodecKeepsNamesFromTheServer moves money with encrypted payloads, in every way that a transfer can go, and looks for the
// account names in everything that the server keeps, prints and shows.
func TestCodecKeepsNamesFromTheServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, hex.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	o.trade()
	seen := o.everythingSeen()
	if !strings.Contains(seen["console"], reference) {
		t.Error("the console does not even show the reference")
	}
	for where, text := range seen {
		for _, name := range []string{payer, payee} {
			if i := strings.Index(text, name); i >= 0 {
				t.Errorf("%s holds the name %s: …%q…", where, name, text[max(0, i-60):min(len(text), i+60)])
			}
		}
	}
}

// TestNamesAreSeenWithoutTheCodec shows that the search of the test above finds what is there.
func TestNamesAreSeenWithoutTheCodec(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	o.trade()
	found := ""
	for _, text := range o.everythingSeen() {
		found += text
	}
	for _, name := range []string{payer, payee} {
		if !strings.Contains(found, name) {
			t.Errorf("without the codec, %s is nowhere to be found", name)
		}
	}
}

// trade makes one transfer that goes through, one that fails at once, one that is refunded, and one that stays open.
func (o *office) trade() {
	o.Helper()
	l := openLedger(o, o.ledger)
	for _, name := range []string{payer, payee} {
		if err := l.OpenAccount(o.Context(), name, deposit); err != nil {
			o.Fatal(err)
		}
	}
	o.hire(workflowWorkers)
	o.hire(activityWorkers)
	paid := o.start(banktransfer.Transfer{Reference: reference, From: payer, To: payee, Amount: 1})
	if _, err := paid.Get(o.Context()); err != nil {
		o.Fatal(err)
	}
	o.step(paid, banktransfer.StepDone)
	for suffix, t := range map[string]banktransfer.Transfer{
		"-too-much": {From: payee, To: payer, Amount: 10 * deposit},
		"-refunded": {From: payee, To: banktransfer.Closed, Amount: 1},
	} {
		t.Reference = reference + suffix
		if _, err := o.start(t).Get(o.Context()); err == nil {
			o.Errorf("%s went through", t.Reference)
		}
	}
	o.step(o.start(banktransfer.Transfer{Reference: reference + "-open", From: payer, To: payee, Amount: 1, Hold: 1 << 40}), banktransfer.StepHolding)
}

// everythingSeen is all that the server and its workers left in files and logs, and what the console shows.
func (o *office) everythingSeen() map[string]string {
	o.Helper()
	seen := map[string]string{}
	for path, page := range signIn(o, o.server).crawl(o) {
		seen["console"] += path + "\n" + page
	}
	o.readFiles(seen)
	if err := o.server.stop(); err != nil { // which writes what was only in memory
		o.Error(err)
	}
	o.readFiles(seen)
	return seen
}

func (o *office) readFiles(seen map[string]string) {
	o.Helper()
	err := filepath.WalkDir(o.server.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		seen[filepath.Base(path)] += string(b)
		return err
	})
	if err != nil {
		o.Error(err)
	}
	if len(seen["dev.db"]) == 0 {
		o.Error("there is no database file")
	}
}
