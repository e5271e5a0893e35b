package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version that this source is on the way to.
const release = "0.1.0"

// commit is what the binary was built from; the Makefile sets it through the linker.
var commit string

// version is what the server tells clients: the release, or "-dev" and the commit for a build of anything else.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if ok && info.Main.Version == "v"+release {
		return release
	}
	if commit == "" {
		return release + "-dev"
	}
	return release + "-dev+" + commit
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print what this binary is",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "tenuto %s (%s %s/%s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
