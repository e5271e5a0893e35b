package acceptance

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel kill the child when the test process dies, so that a panicking test leaves no servers.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
