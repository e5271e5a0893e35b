package workflow

// Go starts f in a coroutine, which first runs when the caller blocks. It ends with the workflow function, wherever it is.
func Go(ctx Context, f func(ctx Context)) { GoNamed(ctx, "", f) }

// GoNamed is [Go] with a name for stack traces.
func GoNamed(ctx Context, name string, f func(ctx Context)) {
	run := runOf(ctx)
	run.Guard("Go")
	run.Scheduler().Spawn(name, func() { f(ctx) })
}
