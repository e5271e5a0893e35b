package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenuto-io/tenuto/console"
)

// greet prints where to connect and how to sign in. The link goes to standard output only, never into the log.
func (s *server) greet(out io.Writer) error {
	namespaces := ""
	if len(s.want.found) > 0 {
		namespaces = "\n  Namespaces  " + strings.Join(s.want.found, ", ")
	}
	_, err := fmt.Fprintf(out, `Tenuto %s

  Server      %s    for every Temporal SDK and the temporal command line
  Console     http://%s%s
  Database    %s
`, version(), s.grpc.Addr(), s.web.Addr(), namespaces, s.storage.where)
	if err != nil {
		return err
	}
	printLink(out, s.console.SignInURL())
	_, err = fmt.Fprint(out, "Stop with Ctrl-C.\n\n")
	return err
}

// printLink shows a sign-in link to the operator. A terminal that is gone is not worth stopping for.
func printLink(out io.Writer, link string) {
	_, _ = fmt.Fprintf(out, "\n  Sign in     %s\n              once, within %d minutes\n\n", link, int(console.LinkLifetime.Minutes()))
}
