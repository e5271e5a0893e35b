// Command tenuto is the server, its tools and its demo in one binary.
//
//	tenuto dev       a complete server on an embedded database, for one developer
//	tenuto server    a server on PostgreSQL
//	tenuto migrate   brings a PostgreSQL database up to date
//	tenuto config    checks and explains the configuration of tenuto server
//	tenuto bench     measures a server of the protocol
//	tenuto tenant, namespace, member, group, account, role, key, quota, usage, audit
//	                 administer a server over its API
//	tenuto apply     brings a server to what a file says of all that
//	tenuto version   what this binary is
//
// Everything is wired by hand here: a command reads its flags into a struct of platform/config, has it validated, opens each room with
// what it needs, and closes them in reverse. Standard output is for the person who started the command, standard error for logs, and for
// one sentence when the command fails.
package main

import (
	"errors"
	"fmt"
	"os"
	_ "time/tzdata" // cron schedules name time zones, and a container may have no files of them
)

// Exit codes. Zero is a clean end, also after a signal. Commands that administer a server have more: see package administer.
const (
	exitFailed      = 1
	exitInterrupted = 130 // a second signal cut the clean end short
)

func main() {
	if err := newRoot().ExecuteContext(stopSignals()); err != nil {
		fmt.Fprintln(os.Stderr, "tenuto:", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is what the process ends with after an error: what the command says, or exitFailed.
func exitCode(err error) int {
	var with interface{ ExitCode() int }
	if errors.As(err, &with) {
		return with.ExitCode()
	}
	return exitFailed
}
