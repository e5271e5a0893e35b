package main

import (
	"cmp"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/examples/banktransfer"
)

// keyID names the one key of this example.
const keyID = "banktransfer"

// config is what the flags say.
type config struct {
	role               string
	address, namespace string
	ledger             string
	deposit            int64
	encrypt            bool
	keyFile            string

	id       string
	count    int
	from, to string
	amount   int64
	hold     time.Duration
	wait     bool
	reason   string
}

func parse(args []string, output io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("banktransfer", flag.ContinueOnError)
	flags.SetOutput(output)
	flags.StringVar(&c.role, "role", "both", "workflow, activity or both (workers), start, status, abort or audit")
	flags.StringVar(&c.address, "address", cmp.Or(os.Getenv(client.EnvAddress), client.DefaultAddress), "host:port of the server, or $"+client.EnvAddress)
	flags.StringVar(&c.namespace, "namespace", cmp.Or(os.Getenv(client.EnvNamespace), client.DefaultNamespace), "namespace to work in, or $"+client.EnvNamespace)
	flags.StringVar(&c.ledger, "ledger", "banktransfer.db", "file of the ledger")
	flags.Int64Var(&c.deposit, "deposit", 1_000_000, "first deposit of alice and bob, in cents, when the ledger is new")
	flags.BoolVar(&c.encrypt, "encrypt", false, "encrypt payloads with the key in $BANKTRANSFER_KEY or -key-file")
	flags.StringVar(&c.keyFile, "key-file", "", "file with the key, 64 hexadecimal digits")
	flags.StringVar(&c.id, "id", "transfer", "first part of the transfers' references; a number follows")
	flags.IntVar(&c.count, "count", 1, "number of transfers")
	flags.StringVar(&c.from, "from", banktransfer.Alice, "account to debit")
	flags.StringVar(&c.to, "to", banktransfer.Bob, `account to credit; "closed" takes no money`)
	flags.Int64Var(&c.amount, "amount", 100, "amount of each transfer, in cents")
	flags.DurationVar(&c.hold, "hold", 0, "time between debit and credit in which a transfer can be aborted")
	flags.BoolVar(&c.wait, "wait", false, "wait for the started transfers to end")
	flags.StringVar(&c.reason, "reason", "on request", "reason of the abort")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if c.count < 1 {
		return c, errors.New("-count must be at least 1")
	}
	return c, nil
}

// clientOptions returns the options, with the codec if that is wanted.
func (c config) clientOptions() (client.Options, error) {
	options, err := client.FromEnvironment()
	if err != nil {
		return options, err
	}
	options.Address, options.Namespace = c.address, c.namespace
	if !c.encrypt {
		return options, nil
	}
	key, err := c.key()
	if err != nil {
		return options, err
	}
	return banktransfer.Encrypt(options, keyID, key)
}

func (c config) key() ([]byte, error) {
	text := os.Getenv("BANKTRANSFER_KEY")
	if c.keyFile != "" {
		content, err := os.ReadFile(c.keyFile)
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		text = string(content)
	}
	if text = strings.TrimSpace(text); text == "" {
		return nil, errors.New("-encrypt needs a key in $BANKTRANSFER_KEY or -key-file (openssl rand -hex 32)")
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		// The text is not in the message: it may be most of a key.
		return nil, errors.New("the key is not hexadecimal")
	}
	return key, nil
}

// reference names the n-th transfer, from 1.
func (c config) reference(n int) string { return fmt.Sprintf("%s-%d", c.id, n) }
