package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tenuto-io/tenuto/platform/config"
	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

const (
	demoPace    = 2 * time.Second        // between two transfers
	demoDeposit = 1_000_000              // cents, of alice and of bob
	demoStop    = 3 * time.Second        // for the steps under way when the server stops
	demoCache   = 8 << 20                // bytes, of the worker's cached workflows
	demoLedger  = "-demo-ledger.db"      // follows the name of the database, so that one restart keeps both
	demoNames   = "demo-20060102-150405" // begins the references; a reference works once, so each start needs its own
)

// demo is the examples in this process: workers of a bank and of a shop, and somebody who keeps sending money and ordering things. It is an ordinary client of the
// server, over the same address as any other.
type demo struct {
	ledger *banktransfer.Ledger
	log    *slog.Logger

	cancel context.CancelFunc
	ended  sync.WaitGroup
}

// openDemo opens the books of the demo in the file at path; config.Memory is none.
func openDemo(ctx context.Context, path string, log *slog.Logger) (*demo, error) {
	if path != config.Memory {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("cannot create the directory of the demo's ledger: %w", err)
		}
	}
	ledger, err := banktransfer.OpenLedger(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("cannot open the demo's ledger %s: %w", path, err)
	}
	if err := ledger.Seed(ctx, demoDeposit); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot open the demo's accounts in %s: %w", path, err), ledger.Close())
	}
	return &demo{ledger: ledger, log: log.With("part", "demo")}, nil
}

// start has the demo run until stop. A demo that fails is logged: the server goes on without it.
func (d *demo) start(server net.Addr) {
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.ended.Go(func() {
		if err := d.run(ctx, server); err != nil && ctx.Err() == nil {
			d.log.Error("the demo ended", "error", err)
		}
	})
}

// stop ends the demo and closes its books; steps under way get demoStop to finish.
func (d *demo) stop(context.Context) error {
	if d.cancel != nil {
		d.cancel()
	}
	d.ended.Wait()
	return d.ledger.Close()
}

func (d *demo) run(ctx context.Context, server net.Addr) error {
	c, err := client.Dial(ctx, client.Options{Address: reachable(server), Namespace: config.DefaultNamespace, Identity: "demo", Logger: d.sdkLog(ctx)})
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	w := banktransfer.NewWorker(c, d.ledger, worker.Options{
		GracefulStopTimeout: demoStop, StickyCacheBytes: demoCache, ActivityPollers: 2, WorkflowPollers: 2,
	})
	var sending sync.WaitGroup
	defer sending.Wait()
	sending.Go(func() { d.send(ctx, c) })
	var selling error
	sending.Go(func() { selling = d.keepShop(ctx, c) })
	err = w.Run(ctx)
	sending.Wait()
	return errors.Join(err, selling)
}

// sdkLog is where the worker says which steps failed. One of eleven transfers is meant to, so that is for those who ask for everything.
func (d *demo) sdkLog(ctx context.Context) *slog.Logger {
	if d.log.Enabled(ctx, slog.LevelDebug) {
		return d.log
	}
	return slog.New(slog.DiscardHandler)
}

// send starts a transfer now and then.
func (d *demo) send(ctx context.Context, c *client.Client) {
	prefix := time.Now().UTC().Format(demoNames)
	pace := time.NewTicker(demoPace)
	defer pace.Stop()
	for n := 1; ; n++ {
		if _, err := banktransfer.Start(ctx, c, demoTransfer(prefix, n)); err != nil && ctx.Err() == nil {
			d.log.Warn("a transfer was not started", "number", n, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-pace.C:
		}
	}
}

// demoTransfer is the n-th transfer, from 1. One of every eleven, and the very first, goes to an account that takes no money: it fails for
// good with the money back. The others go to and fro in pairs of one amount, so that nobody runs dry; some hold for a while, so that there
// are open ones to look at.
func demoTransfer(prefix string, n int) banktransfer.Transfer {
	const cycle = 11
	through := n - (n+cycle-1)/cycle // transfers up to this one that go through
	t := banktransfer.Transfer{
		Reference: fmt.Sprintf("%s-%04d", prefix, n),
		From:      banktransfer.Alice, To: banktransfer.Bob, Amount: banktransfer.Cents(100 + (through+1)/2*37%9_900),
	}
	if through%2 == 0 {
		t.From, t.To = t.To, t.From
	}
	switch n % cycle {
	case 1:
		t.To, t.From = banktransfer.Closed, banktransfer.Alice
	case 4, 7:
		t.Hold = 15 * time.Second
	}
	return t
}

// reachable is where a client on this machine finds a server that listens on addr, which may be every address of the machine.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", fmt.Sprint(tcp.Port))
	}
	return addr.String()
}
