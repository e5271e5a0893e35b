package redis

import (
	"context"
	"errors"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// answerIn bounds a call, all its redirections in a Cluster included. Clients that platform/redis opens wait for a single answer half as long.
const answerIn = 2 * time.Second

// errDown is what calls fail with, at once, while Redis is down.
var errDown = errors.New("redis: out of reach")

// command is one command of a call that is about one queue.
type command struct {
	queue  string // what its keys begin with
	script *script
	keys   []string // of the script
	args   []any    // of the script; without one, the command itself
}

// exec runs commands in one round trip, and those whose script the server does not know in a second one. It yields what each answered, and the first
// error. An error that is not the caller's own doing takes the place down until it is probed.
func (p *Place) exec(ctx context.Context, commands []command) ([]*goredis.Cmd, error) {
	if len(commands) == 0 {
		return nil, nil
	}
	if !p.Up() {
		return nil, errDown
	}
	answers, err := p.roundTrip(ctx, commands)
	if err != nil && ctx.Err() == nil {
		p.fall(err, failed(commands, answers))
	}
	return answers, err
}

func (p *Place) roundTrip(ctx context.Context, commands []command) ([]*goredis.Cmd, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	answers := make([]*goredis.Cmd, len(commands))
	p.send(ctx, commands, answers, false)
	if unknown(answers) {
		p.send(ctx, commands, answers, true)
	}
	for _, a := range answers {
		if err := a.Err(); err != nil && !errors.Is(err, goredis.Nil) {
			return answers, err
		}
	}
	return answers, nil
}

// send sends commands: all with their scripts named by hash, or those that failed for that with their scripts in full, which the server then knows.
func (p *Place) send(ctx context.Context, commands []command, answers []*goredis.Cmd, full bool) {
	pipe := p.client.Pipeline()
	for i := range commands {
		if full && !isUnknown(answers[i]) {
			continue
		}
		answers[i] = commands[i].cmd(ctx, full)
		_ = pipe.Process(ctx, sentOnce{answers[i]}) // only takes it in
	}
	_, _ = pipe.Exec(ctx) // each answer has its error
}

// cmd is the command as it is sent.
func (c *command) cmd(ctx context.Context, full bool) *goredis.Cmd {
	if c.script == nil {
		return goredis.NewCmd(ctx, c.args...)
	}
	args := make([]any, 0, 3+len(c.keys)+len(c.args))
	if full {
		args = append(args, "eval", c.script.text)
	} else {
		args = append(args, "evalsha", c.script.hash)
	}
	args = append(args, len(c.keys))
	for _, k := range c.keys {
		args = append(args, k)
	}
	cmd := goredis.NewCmd(ctx, append(args, c.args...)...)
	cmd.SetFirstKeyPos(3)
	return cmd
}

// sentOnce is a command that the library must not send again after it was lost. In a Cluster it would send all that went to the same server again,
// also what was answered: references that were popped would be replaced by the next ones.
type sentOnce struct{ *goredis.Cmd }

// NoRetry implements goredis.Cmder.
func (sentOnce) NoRetry() bool { return true }

func unknown(answers []*goredis.Cmd) bool {
	for _, a := range answers {
		if isUnknown(a) {
			return true
		}
	}
	return false
}

func isUnknown(a *goredis.Cmd) bool {
	return a.Err() != nil && goredis.HasErrorPrefix(a.Err(), "NOSCRIPT")
}

// failed are the queues of the commands that failed.
func failed(commands []command, answers []*goredis.Cmd) (queues []string) {
	for i, a := range answers {
		if a.Err() != nil {
			queues = append(queues, commands[i].queue)
		}
	}
	return queues
}
