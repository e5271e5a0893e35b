package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tenuto-io/tenuto/sdk/internal/wiretest"
)

const key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

// bank runs the program against a server in memory.
type bank struct {
	engine *wiretest.Engine
	common []string // flags of every role
}

func newBank(t *testing.T, flags ...string) *bank {
	engine := wiretest.NewEngine()
	ledger := filepath.Join(t.TempDir(), "bank.db")
	common := append([]string{"-address", wiretest.Listen(t, engine), "-ledger", ledger, "-deposit", "1000"}, flags...)
	return &bank{engine: engine, common: common}
}

// run runs a role to its end and returns what it printed.
func (b *bank) run(t *testing.T, role string, flags ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), append(append([]string{"-role", role}, b.common...), flags...), &out); err != nil {
		t.Fatalf("%s: %v", role, err)
	}
	return out.String()
}

// work runs a worker until the test ends.
func (b *bank) work(t *testing.T, role string) {
	ctx, cancel := context.WithCancel(t.Context())
	var ended sync.WaitGroup
	ended.Go(func() {
		var out bytes.Buffer
		if err := run(ctx, append([]string{"-role", role}, b.common...), &out); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	})
	t.Cleanup(func() {
		cancel()
		ended.Wait()
	})
}

func contains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestTransfersWithWorkersInTwoProcesses(t *testing.T) {
	b := newBank(t)
	b.work(t, "workflow")
	b.work(t, "activity")
	contains(t, b.run(t, "start", "-count", "3", "-wait"), "transfer-3 started", "transfer-3 done: alice has ", "bob has ")
	contains(t, b.run(t, "start", "-id", "bad", "-to", "closed", "-wait"), "bad-1 failed", "is back", "closed")
	contains(t, b.run(t, "status", "-count", "3"), "transfer-1 Completed done, 0 cents moved")
	contains(t, b.run(t, "audit"), "balanced: 2000 of 2000 cents", "4 debits, 3 credits, 1 refunds")
}

func TestAbort(t *testing.T) {
	b := newBank(t)
	b.work(t, "both")
	b.run(t, "start", "-hold", "1h")
	b.engine.AwaitEvent(t, "transfer-1", enumspb.EVENT_TYPE_TIMER_STARTED)
	contains(t, b.run(t, "status"), "transfer-1 Running holding, 100 cents moved")
	contains(t, b.run(t, "abort", "-reason", "typo"), "asked to abort")
	b.engine.AwaitEvent(t, "transfer-1", enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED)
	contains(t, b.run(t, "audit"), "balanced")
}

func TestEncryptedTransfers(t *testing.T) {
	t.Setenv("BANKTRANSFER_KEY", key)
	b := newBank(t, "-encrypt")
	b.work(t, "both")
	contains(t, b.run(t, "start", "-wait"), "transfer-1 done")
	for _, event := range b.engine.History("transfer-1") {
		if strings.Contains(event.String(), "alice") {
			t.Errorf("the server reads %v", event)
		}
	}
}

func TestMistakesInTheFlags(t *testing.T) {
	t.Setenv("BANKTRANSFER_KEY", "")
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte("not hexadecimal\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, flags := range map[string][]string{
		"unknown role":        {"-role", "teller"},
		"unexpected argument": {"start"},
		"at least 1":          {"-count", "0"},
		"not defined":         {"-colour", "red"},
		"needs a key":         {"-encrypt"},
		"no such file":        {"-encrypt", "-key-file", "/does/not/exist"},
		"not hexadecimal":     {"-encrypt", "-key-file", file},
		"open ledger":         {"-role", "audit", "-ledger", "/does/not/exist/bank.db"},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), flags, &out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", flags, err, want)
		}
	}
}

func TestAKeyFromAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse([]string{"-encrypt", "-key-file", file}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	options, err := c.clientOptions()
	if err != nil || options.DataConverter == nil || options.FailureConverter == nil {
		t.Errorf("options %+v, %v", options, err)
	}
}
