package administer

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// callTime is how long a command waits for the server; one that makes many calls, for each.
const callTime = 30 * time.Second

// tool is what the commands of a group share.
type tool struct {
	connection
	format string // of answers: table or json
	tenant string
}

// command is one that makes calls.
type command struct {
	use, short, example string
	long                string // beside the usual
	args                int    // how many it has, all of them
	many                bool   // it makes calls for as long as there is something to read, each within callTime
	call                func(*call) (proto.Message, error)
	flags               func(*cobra.Command)
}

// call is one run of a command.
type call struct {
	context.Context
	grpc.ClientConnInterface
	args  []string
	cmd   *cobra.Command
	notes io.Writer // for people, beside the answer
}

// group is a command with subcommands.
func (t *tool) group(use, short, long string, ofTenant bool, all ...command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: long + "\n\n" + how}
	t.connection.flags(cmd)
	cmd.PersistentFlags().StringVarP(&t.format, "output", "o", "table", "`FORMAT` of answers: table or json")
	if ofTenant {
		cmd.PersistentFlags().StringVarP(&t.tenant, "tenant", "t", "default", "`NAME` of the tenant that the command is about")
	}
	for _, c := range all {
		cmd.AddCommand(t.subcommand(c))
	}
	return cmd
}

// how teaches what all groups have in common.
const how = `The server and who calls come from the environment: TENUTO_ADDRESS, TENUTO_API_KEY, TENUTO_TLS_CA. tenuto dev needs none of them.
Exit codes: 0 done, 1 failed, 3 not found, 4 not allowed.`

func (t *tool) subcommand(c command) *cobra.Command {
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Long: c.short + "." + c.long, Example: c.example, Args: cobra.ExactArgs(c.args),
		RunE: func(cmd *cobra.Command, args []string) error {
			return t.run(cmd, args, c)
		},
	}
	if c.flags != nil {
		c.flags(cmd)
	}
	return cmd
}

// run connects, calls and prints.
func (t *tool) run(cmd *cobra.Command, args []string, of command) error {
	print, err := printer(t.format)
	if err != nil {
		return err
	}
	conn, address, err := t.dial()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // what was called has answered
	ctx := cmd.Context()
	if !of.many {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTime)
		defer cancel()
	}
	answer, err := of.call(&call{Context: ctx, ClientConnInterface: conn, args: args, cmd: cmd, notes: cmd.ErrOrStderr()})
	if err != nil {
		return failure(err, address)
	}
	return print(cmd.OutOrStdout(), answer)
}

// listAnswer is a page of a list.
type listAnswer interface {
	proto.Message
	GetNextPageToken() string
}

// pageSize is how many entries are asked for at a time.
const pageSize = 500

// whole reads all pages of a list as one.
func whole[A listAnswer](page func(token string) (A, error)) (all A, err error) {
	all, err = page("")
	for next := all; err == nil && next.GetNextPageToken() != ""; {
		if next, err = page(next.GetNextPageToken()); err == nil {
			proto.Merge(all, next)
		}
	}
	if err != nil {
		return all, err
	}
	m := all.ProtoReflect()
	m.Clear(m.Descriptor().Fields().ByName(protoreflect.Name("next_page_token")))
	return all, nil
}
