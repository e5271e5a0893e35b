package administer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tenuto-io/tenuto/cmd/tenuto/declare"
)

// applyTime is how long reading, planning and doing may take, without the time that somebody thinks about the plan.
const applyTime = 10 * time.Minute

// apply brings a server to what a file says.
type apply struct {
	connection
	file        string
	dryRun, yes bool
	prune       declare.Prune
}

func applyCommand() *cobra.Command {
	a := &apply{}
	cmd := &cobra.Command{
		Use:   "apply -f FILE",
		Short: "Bring tenants, namespaces, members and rights to what a file says",
		Long: `Bring an installation to what a file says: show a plan first, and carry it out when that is confirmed. What the file says is so afterwards, what it does not
mention stays; applied again, it changes nothing. A file has no secrets: keys are made by tenuto key create.

With --prune, what the lists of groups, accounts and members of the file do not have is taken away, and rights that it does not mention of those that they have;
with --prune-namespaces, namespaces with all their workflows. A list that is not in the file at all stays as it is, and tenants are never deleted.

The plan breaks off at the first change that fails; applying the file again does the rest. --dry-run ends with exit code 5 if there is something to do.

` + how,
		Example: `  tenuto apply -f tenants.yaml --dry-run
  tenuto apply -f tenants.yaml --yes

  tenants:
    - name: acme
      title: Acme Corporation
      namespaces:
        - {name: payments, retention: 30d, protected: true}
      groups:
        - {name: developers, issuer: https://id.example, claim: cn=dev, role: developer}
      accounts:
        - name: payments-worker
          permissions: {payments: [worker]}
      members:
        - {issuer: https://id.example, subject: 8f3a, name: Ada, role: owner}`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd) },
	}
	a.connection.flags(cmd)
	f := cmd.Flags()
	f.StringVarP(&a.file, "file", "f", "", "YAML `FILE`; - reads standard input")
	f.BoolVar(&a.dryRun, "dry-run", false, "show the plan and do nothing")
	f.BoolVar(&a.yes, "yes", false, "carry the plan out without asking")
	f.BoolVar(&a.prune.Rights, "prune", false, "take away who and what the file does not have")
	f.BoolVar(&a.prune.Namespaces, "prune-namespaces", false, "delete namespaces that the file does not have, with all their workflows")
	_ = cmd.MarkFlagRequired("file") // it is there
	cmd.MarkFlagsMutuallyExclusive("dry-run", "yes")
	return cmd
}

func (a *apply) run(cmd *cobra.Command) error {
	wish, err := a.read(cmd.InOrStdin())
	if err != nil {
		return err
	}
	conn, address, err := a.dial()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // what was called has answered
	planning, cancel := context.WithTimeout(cmd.Context(), applyTime)
	defer cancel()
	plan, err := declare.PlanFor(planning, conn, wish, a.prune)
	if err != nil {
		return failure(err, address)
	}
	if proceed, err := a.show(cmd, plan, address); err != nil || !proceed {
		return err
	}
	doing, cancel := context.WithTimeout(cmd.Context(), applyTime)
	defer cancel()
	done, err := plan.Apply(doing)
	if _, note := fmt.Fprintf(cmd.OutOrStdout(), "%d of %d changes made.\n", done, plan.Len()); err == nil {
		return note
	}
	return broken(err, address)
}

// read reads the file.
func (a *apply) read(stdin io.Reader) (declare.Wish, error) {
	var text []byte
	var err error
	if a.file == "-" {
		text, err = io.ReadAll(stdin)
	} else {
		text, err = os.ReadFile(a.file)
	}
	if err != nil {
		return declare.Wish{}, fmt.Errorf("read the file: %w", err)
	}
	wish, err := declare.Read(text)
	if err != nil {
		return declare.Wish{}, fmt.Errorf("%s: %w", a.file, err)
	}
	return wish, nil
}

// show shows the plan, and tells whether to carry it out.
func (a *apply) show(cmd *cobra.Command, plan declare.Plan, address string) (proceed bool, err error) {
	out := cmd.OutOrStdout()
	if plan.Len() == 0 {
		_, err := fmt.Fprintf(out, "Nothing to do: %s is as the file says.\n", address)
		return false, err
	}
	if _, err := fmt.Fprintf(out, "%d changes at %s:\n", plan.Len(), address); err != nil {
		return false, err
	}
	if err := plan.Print(out); err != nil {
		return false, err
	}
	switch {
	case a.dryRun:
		return false, &Failure{text: "nothing was done: this was a dry run", code: ExitPending}
	case a.yes:
		return true, nil
	case a.file == "-":
		return false, errors.New("nothing was done: say --yes, as standard input is the file")
	}
	return confirmed(cmd)
}

// confirmed asks whether to go on.
func confirmed(cmd *cobra.Command) (bool, error) {
	if _, err := fmt.Fprint(cmd.ErrOrStderr(), "Make these changes? Only yes does: "); err != nil {
		return false, err
	}
	line, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if strings.TrimSpace(line) != "yes" {
		return false, errors.New("nothing was done: say yes, or --yes")
	}
	return true, nil
}

// broken says at which change a plan broke off, with the exit code of its reason.
func broken(err error, address string) error {
	var b *declare.Broken
	if !errors.As(err, &b) {
		return failure(err, address)
	}
	f := &Failure{text: b.What + ": " + b.Err.Error(), code: 1}
	var reason *Failure
	if errors.As(failure(b.Err, address), &reason) {
		f.text, f.code = b.What+": "+reason.text, reason.code
	}
	return f
}
