package administer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants/audit"
)

// auditWish is what flags say about records.
type auditWish struct {
	installation bool
	want         adminv1.AuditFilter // without times
	from, to     string
	limit        int
	after        int64
	kept         string
}

func (w *auditWish) where(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.installation, "installation", false, "the records that concern no single tenant; for operators")
}

func (w *auditWish) filters(cmd *cobra.Command) {
	w.where(cmd)
	f := cmd.Flags()
	f.StringVar(&w.want.Plane, "plane", "", "control: changes of who may do what; data: calls")
	f.StringVar(&w.want.Namespace, "namespace", "", "`NAME` of a namespace")
	f.StringVar(&w.want.Action, "action", "", "like key.create, or a method like TerminateWorkflowExecution")
	f.StringVar(&w.want.Resource, "resource", "", "like workflow:order-1 or key:<id>")
	f.StringVar(&w.want.RunId, "run", "", "`ID` of a run")
	f.StringVar(&w.want.Principal, "principal", "", "`ID` of who did it, or nobody, or system")
	f.StringVar(&w.want.Code, "code", "", "how it ended: `NAME` of a code of gRPC, like PermissionDenied")
	f.BoolVar(&w.want.Refused, "refused", false, "only what did not succeed")
	f.StringVar(&w.from, "from", "", "`TIME` from which on, like 2026-01-31 or 2026-01-31T15:00:00Z")
	f.StringVar(&w.to, "to", "", "`TIME` before which")
}

// filter is which records flags ask for. Errors: a time that is none.
func (w *auditWish) filter() (f *adminv1.AuditFilter, err error) {
	f = proto.CloneOf(&w.want)
	if f.StartTime, err = moment("--from", w.from); err != nil {
		return nil, err
	}
	f.EndTime, err = moment("--to", w.to)
	return f, err
}

func auditCommand() *cobra.Command {
	t, w := &tool{}, &auditWish{}
	ledger := func(c *call) *ledger {
		if w.installation {
			return &ledger{service: adminv1.NewAuditServiceClient(c)}
		}
		return &ledger{service: adminv1.NewAuditServiceClient(c), tenant: t.tenant}
	}
	return t.group("audit", "Tell who did what",
		`Tell who did what: changes of tenants, people, rights, keys and namespaces, and calls. The records of a tenant are a chain of hashes: docs/audit.md.`, true,
		command{use: "list", short: "List records, the newest first", many: true, example: "  tenuto audit list -t acme --namespace bank.acme --refused --from 2026-01-31",
			flags: func(cmd *cobra.Command) {
				w.filters(cmd)
				cmd.Flags().IntVar(&w.limit, "limit", 100, "`NUMBER` of records at most")
			},
			call: func(c *call) (proto.Message, error) {
				if w.limit < 1 {
					return nil, fmt.Errorf("--limit %d: it is at least 1", w.limit)
				}
				f, err := w.filter()
				if err != nil {
					return nil, err
				}
				return ledger(c).list(c, f, w.limit)
			}},
		command{use: "export", short: "Write records as JSON lines, the oldest first", many: true,
			long:    " At its end it says after which record the next export begins.",
			example: "  tenuto audit export -t acme --after 41230 >>audit.jsonl",
			flags: func(cmd *cobra.Command) {
				w.filters(cmd)
				cmd.Flags().Int64Var(&w.after, "after", 0, "`NUMBER` of the record up to which an earlier export went")
			},
			call: func(c *call) (proto.Message, error) { return nil, export(c, ledger(c), w) }},
		command{use: "verify", short: "Check a chain from its first record to its last", many: true,
			long: ` All records are read and every hash is computed here: the server is not believed. The
answer is the last link, NUMBER:HASH. Kept elsewhere, and given to a later verify, it shows whether the chain up to there is still what it was, also
to whoever could write a whole chain anew. Exit code 6: it is broken.`,
			example: "  tenuto audit verify -t acme --kept 41230:$HASH",
			flags: func(cmd *cobra.Command) {
				w.where(cmd)
				cmd.Flags().StringVar(&w.kept, "kept", "", "`NUMBER:HASH` that an earlier verify or export has told")
			},
			call: func(c *call) (proto.Message, error) {
				kept, err := linkOf(w.kept)
				if err != nil {
					return nil, err
				}
				return verify(c, ledger(c), kept)
			}},
		command{use: "status", short: "Tell how many calls the server could not record", long: " It tells of the node that answers, since it was started. For operators.",
			call: func(c *call) (proto.Message, error) {
				return adminv1.NewAuditServiceClient(c).GetAuditStatus(c, &adminv1.GetAuditStatusRequest{})
			}},
	)
}

// export writes records as lines, and says for people where the next export begins.
func export(c *call, l *ledger, w *auditWish) error {
	if w.after < 0 {
		return fmt.Errorf("--after %d: records have numbers from 1", w.after)
	}
	f, err := w.filter()
	if err != nil {
		return err
	}
	chain, err := l.chain(c)
	if err != nil {
		return err
	}
	l.want = f
	last, err := audit.Export(c, l, chain.Tenant, audit.Filter{}, w.after, c.cmd.OutOrStdout())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.notes, "up to record %d; the next export begins with --after %d\n", last, last)
	return err
}

// verify checks a chain by what the server says of it.
func verify(c *call, l *ledger, kept audit.Link) (proto.Message, error) {
	chain, err := l.chain(c)
	if err != nil {
		return nil, err
	}
	last, err := audit.Verify(c, l, chain.Tenant, kept)
	if err != nil {
		return nil, err
	}
	return &adminv1.AuditLink{Sequence: last.Sequence, Hash: last.Hash.String()}, nil
}

// linkOf reads NUMBER:HASH; "" is none.
func linkOf(text string) (l audit.Link, err error) {
	if text == "" {
		return l, nil
	}
	number, hash, _ := strings.Cut(text, ":")
	l.Sequence, err = strconv.ParseInt(number, 10, 64)
	if err == nil && l.Sequence < 1 {
		err = errors.New("records have numbers from 1")
	}
	if err == nil {
		l.Hash, err = audit.ParseHash(hash)
	}
	if err != nil {
		return l, fmt.Errorf("--kept %q: it is no NUMBER:HASH", text)
	}
	return l, nil
}
