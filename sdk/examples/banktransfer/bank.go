package banktransfer

import (
	"context"
	"fmt"

	"github.com/tenuto-io/tenuto/sdk/client"
	"github.com/tenuto-io/tenuto/sdk/converter"
	"github.com/tenuto-io/tenuto/sdk/worker"
)

// The accounts that [Ledger.Seed] opens.
const (
	Alice  = "alice"
	Bob    = "bob"
	Closed = "closed" // takes no money, so that transfers to it are refunded
)

// Seed opens the accounts of the example: Alice and Bob with the deposit each, and Closed. Doing it again changes nothing.
func (l *Ledger) Seed(ctx context.Context, deposit Cents) error {
	for name, amount := range map[string]Cents{Alice: deposit, Bob: deposit, Closed: 0} {
		if err := l.OpenAccount(ctx, name, amount); err != nil {
			return err
		}
	}
	return l.CloseAccount(ctx, Closed)
}

// NewWorker returns a worker for the transfers, with the halves that the options leave on. The ledger may be nil if the
// activities are disabled.
func NewWorker(c *client.Client, ledger *Ledger, options worker.Options) *worker.Worker {
	w := worker.New(c, TaskQueue, options)
	w.RegisterWorkflow(TransferFunds)
	w.RegisterActivity(NewActivities(ledger))
	return w
}

// Start starts a transfer as a workflow whose id is its reference, so that starting it again while it runs is refused.
func Start(ctx context.Context, c *client.Client, t Transfer) (*client.Run[Receipt], error) {
	return client.ExecuteWorkflow(ctx, c, client.StartOptions{ID: t.Reference, TaskQueue: TaskQueue}, TransferFunds, t)
}

// Encrypt returns the client options with a codec: accounts, amounts and messages are then readable with the key only. All
// workers and clients need the same key, of 32 bytes.
func Encrypt(options client.Options, keyID string, key []byte) (client.Options, error) {
	codec, err := converter.NewAESCodec(keyID, map[string][]byte{keyID: key})
	if err != nil {
		return options, fmt.Errorf("banktransfer: %w", err)
	}
	options.DataConverter = converter.NewCodecDataConverter(converter.Default(), codec)
	options.FailureConverter = converter.NewFailureConverter(converter.FailureOptions{
		DataConverter: options.DataConverter, EncodeAttributes: true,
	})
	return options, nil
}
