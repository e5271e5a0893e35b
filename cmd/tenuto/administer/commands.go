package administer

import (
	"time"

	"github.com/spf13/cobra"
)

// BreakGlass makes a key in the database itself: the one thing here that needs no server, and asks nobody.
type BreakGlass struct {
	// Flags adds what it needs beside --break-glass, --name and --expires.
	Flags func(*cobra.Command)
	// Run makes and prints the key. name is "" and life is 0 where they are not said.
	Run func(cmd *cobra.Command, name string, life time.Duration) error
}

// Commands are all of them.
func Commands(b BreakGlass) []*cobra.Command {
	return []*cobra.Command{
		tenantCommand(), namespaceCommand(), memberCommand(), groupCommand(), accountCommand(), roleCommand(), keyCommand(b), authorityCommand(), quotaCommand(), usageCommand(), auditCommand(), applyCommand(),
	}
}
