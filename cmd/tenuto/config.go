package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/platform/config"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check and explain the configuration of tenuto server",
	}
	cmd.AddCommand(newConfigCheck(), newConfigDocs())
	return cmd
}

func newConfigCheck() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Show the configuration in effect, or everything that is wrong with it",
		Long: `Show what tenuto server would run with and where each value comes from, without secrets. If something is wrong, list
that and fail. Nothing is opened: whether the database answers is for tenuto migrate and tenuto server to find out.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(sources(cmd, path))
			if err != nil {
				return err
			}
			if err := cfg.Show(cmd.OutOrStdout()); err != nil {
				return err
			}
			return listed(cmd, cfg.Validate())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// listed prints all of several problems, and leaves for the end how many there are.
func listed(cmd *cobra.Command, err error) error {
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) == 1 {
		return err
	}
	for _, p := range problems {
		if _, err := fmt.Fprintln(cmd.ErrOrStderr(), p); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d things are wrong with the configuration", len(problems))
}

func newConfigDocs() *cobra.Command {
	return &cobra.Command{
		Use:   "docs",
		Short: "Print the reference of all keys, in Markdown",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return config.Reference(cmd.OutOrStdout())
		},
	}
}
