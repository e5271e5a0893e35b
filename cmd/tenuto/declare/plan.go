package declare

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"
)

// Prune says what a plan takes away that the file does not have.
type Prune struct {
	Rights     bool // groups, service accounts, members, and what somebody may do
	Namespaces bool // with all their workflows
}

// change is one call, and what it does in words.
type change struct {
	sign byte // '+' makes, '~' changes, '-' takes away
	what string
	do   func(context.Context) error
}

// Plan is what has to be done so that a wish comes true. It is good for once, and for the state that it was made for.
type Plan struct{ changes []change }

// PlanFor asks a server what is there, and plans. Errors: those of calls, and what a wish cannot have.
func PlanFor(ctx context.Context, conn grpc.ClientConnInterface, w Wish, prune Prune) (Plan, error) {
	s := serverAt(conn)
	var p Plan
	for _, t := range w.Tenants {
		is, err := s.read(ctx, t.Name)
		if err != nil {
			return Plan{}, err
		}
		planner := &planner{server: s, wish: t, is: is, prune: prune, ids: map[string]string{}}
		if err := s.readQuotas(ctx, &is, t, planner.wireName); err != nil {
			return Plan{}, err
		}
		if err := planner.plan(); err != nil {
			return Plan{}, err
		}
		p.changes = append(p.changes, planner.making...)
		p.changes = append(p.changes, planner.taking...)
	}
	return p, nil
}

// Len is how many changes there are.
func (p Plan) Len() int { return len(p.changes) }

// Print prints the changes, one on a line.
func (p Plan) Print(w io.Writer) error {
	for _, c := range p.changes {
		if _, err := fmt.Fprintf(w, "  %c %s\n", c.sign, c.what); err != nil {
			return err
		}
	}
	return nil
}

// Apply makes the changes in order, until one fails. done tells how many were made.
func (p Plan) Apply(ctx context.Context) (done int, err error) {
	for n, c := range p.changes {
		if err := c.do(ctx); err != nil {
			return n, &Broken{What: c.what, Err: err}
		}
	}
	return len(p.changes), nil
}

// Broken is why a plan was not finished.
type Broken struct {
	What string // the change that failed
	Err  error
}

// Error implements error.
func (b *Broken) Error() string { return b.What + ": " + b.Err.Error() }

// Unwrap is the reason.
func (b *Broken) Unwrap() error { return b.Err }

// planner plans for one tenant.
type planner struct {
	server
	wish  Tenant
	is    present
	prune Prune
	// ids are those of people, by identity; of those who are invited, once they are.
	ids            map[string]string
	making, taking []change
}

func (p *planner) make(do func(context.Context) error, format string, args ...any) {
	p.making = append(p.making, change{'+', fmt.Sprintf(format, args...), do})
}

func (p *planner) alter(do func(context.Context) error, format string, args ...any) {
	p.making = append(p.making, change{'~', fmt.Sprintf(format, args...), do})
}

func (p *planner) take(do func(context.Context) error, format string, args ...any) {
	p.taking = append(p.taking, change{'-', fmt.Sprintf(format, args...), do})
}

func (p *planner) plan() error {
	for id, m := range p.is.members {
		p.ids[id] = m.GetId()
	}
	p.tenant()
	p.namespaces()
	for _, plan := range []func() error{p.groups, p.accounts, p.members} {
		if err := plan(); err != nil {
			return firstOf(err)
		}
	}
	return nil
}

// wireName is a namespace's name as workers use it.
func (p *planner) wireName(short string) string {
	if p.wish.Name == "default" {
		return short
	}
	return short + "." + p.wish.Name
}
