package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/tenuto-io/tenuto/console"
	"github.com/tenuto-io/tenuto/tenants/signin"
)

// greet prints where to connect and how to sign in. The link goes to standard output only, never into the log.
func (s *server) greet(ctx context.Context, out io.Writer) error {
	namespaces := ""
	if len(s.want.found) > 0 {
		namespaces = "\n  Namespaces  " + strings.Join(s.want.found, ", ")
	}
	_, err := fmt.Fprintf(out, `Tenuto %s

  Server      %s    for every Temporal SDK and the temporal command line
  Console     %s%s
  Database    %s
`, version(), s.grpc.Addr(), s.consoleURL(), namespaces, s.storage.where)
	if err != nil {
		return err
	}
	if err := s.greetPeople(ctx, out); err != nil {
		return err
	}
	_, err = fmt.Fprint(out, "Stop with Ctrl-C.\n\n")
	return err
}

// consoleURL is where browsers find the console.
func (s *server) consoleURL() string {
	if s.desk != nil {
		return s.want.signIn.URL + "    at " + s.web.Addr().String()
	}
	return "http://" + s.web.Addr().String()
}

// greetPeople prints how to sign in: the link to the terminal's way in, or where there are providers and no administrator yet, the link that makes one.
func (s *server) greetPeople(ctx context.Context, out io.Writer) error {
	if s.desk == nil {
		printLink(out, s.console.SignInURL())
		return nil
	}
	link, err := s.setupLink(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		_, err = fmt.Fprintf(out, "\n  First administrator\n              %s\n              once, within %d minutes\n\n", link, int(signin.LinkLife.Minutes()))
	}
	return err
}

// printLink shows a sign-in link to the operator. A terminal that is gone is not worth stopping for.
func printLink(out io.Writer, link string) {
	_, _ = fmt.Fprintf(out, "\n  Sign in     %s\n              once, within %d minutes\n\n", link, int(console.LinkLifetime.Minutes()))
}
