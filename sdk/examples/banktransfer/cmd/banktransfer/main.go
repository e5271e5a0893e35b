// Command banktransfer runs the bank-transfer example against any server of the protocol.
//
//	banktransfer -role both                                  workers for everything, until interrupted
//	banktransfer -role workflow                              a worker for workflows alone
//	banktransfer -role activity -ledger bank.db              a worker for activities alone
//	banktransfer -role start -count 10 -wait                 start ten transfers and wait for their receipts
//	banktransfer -role start -to closed -wait                one that is refunded
//	banktransfer -role start -hold 1m; -role abort           one that is aborted
//	banktransfer -role status                                where the transfers are
//	banktransfer -role audit                                 what the books say
//
// With -encrypt, every process needs the same key: 64 hexadecimal digits in $BANKTRANSFER_KEY or in the file -key-file.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "banktransfer:", err)
		os.Exit(1)
	}
}
