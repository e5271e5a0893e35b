package administer

import (
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tenuto-io/tenuto/tenants/audit"
)

// Exit codes of these commands, beside 0 for success and 1 for any other failure.
const (
	ExitNotFound = 3 // what the command is about is not there
	ExitDenied   = 4 // the server does not let the caller in, or the caller may not do this
	ExitPending  = 5 // tenuto apply --dry-run: there is something to do
	ExitBroken   = 6 // tenuto audit verify: the chain is not what it was
)

// Failure is an error with an exit code.
type Failure struct {
	text string
	code int
}

// Error implements error.
func (f *Failure) Error() string { return f.text }

// ExitCode is what the process ends with.
func (f *Failure) ExitCode() int { return f.code }

// failure is an answer of the server as one sentence for the terminal.
func failure(err error, address string) error {
	if broken, ok := errors.AsType[*audit.Broken](err); ok {
		return &Failure{text: broken.Error(), code: ExitBroken}
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	f := &Failure{text: st.Message(), code: 1}
	switch st.Code() {
	case codes.NotFound:
		f.code = ExitNotFound
	case codes.PermissionDenied:
		f.code = ExitDenied
	case codes.Unauthenticated:
		f.code = ExitDenied
		f.text += fmt.Sprintf(" (TENUTO_API_KEY is what is sent to %s)", address)
	case codes.Unavailable:
		f.text = fmt.Sprintf("%s does not answer: %s", address, st.Message())
	case codes.Unimplemented:
		f.text = fmt.Sprintf("%s does not offer this: %s", address, st.Message())
	}
	return f
}
