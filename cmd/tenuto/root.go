package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/cmd/tenuto/administer"
	"github.com/tenuto-io/tenuto/cmd/tenuto/bench"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "tenuto",
		Short: "Durable execution in one binary",
		Long: `Tenuto keeps the state of programs that must not be lost half-way. It speaks the Temporal protocol, so every
Temporal SDK works with it unchanged.`,
		SilenceUsage:  true, // a wrong flag deserves a sentence, not a screen
		SilenceErrors: true, // main prints it
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath())
	})
	root.AddCommand(newDev(), newServer(), newMigrate(), newConfig(), newSetupLink(), bench.Command(), newVersion())
	root.AddCommand(administer.Commands(newBreakGlass())...)
	return root
}
