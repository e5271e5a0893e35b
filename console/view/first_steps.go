package view

import (
	"fmt"

	"github.com/a-h/templ"
)

// firstWorkers are the first worker of a namespace, in the languages of official SDKs. %[1]s address, %[2]s namespace, as every one of these languages quotes them.
var firstWorkers = []Snippet{
	{"Go", `c, err := client.Dial(client.Options{HostPort: %[1]q, Namespace: %[2]q})
w := worker.New(c, "first-queue", worker.Options{})
w.RegisterWorkflow(MyWorkflow)
w.RegisterActivity(MyActivity)
err = w.Run(worker.InterruptCh())`},
	{"TypeScript", `const connection = await NativeConnection.connect({ address: %[1]q });
const worker = await Worker.create({
  connection, namespace: %[2]q, taskQueue: 'first-queue',
  workflowsPath: require.resolve('./workflows'), activities,
});
await worker.run();`},
	{"Python", `client = await Client.connect(%[1]q, namespace=%[2]q)
worker = Worker(client, task_queue="first-queue", workflows=[MyWorkflow], activities=[my_activity])
await worker.run()`},
}

// workers are those, for this namespace.
func (l WorkflowList) workers() (all []Snippet) {
	for _, s := range firstWorkers {
		all = append(all, Snippet{s.Title, fmt.Sprintf(s.Text, l.Server, l.Namespace)})
	}
	return all
}

// bare tells that nothing has run yet, as far as is known.
func (l WorkflowList) bare() bool {
	return len(l.Runs) == 0 && l.Query == "" && l.FirstPage && l.Refused == ""
}

// runs are the attributes of the part of the page that has the list. It is asked for again until there is a first run: steps that are done tick themselves.
func (l WorkflowList) runs() templ.Attributes {
	if l.bare() {
		return living("runs", WorkflowsURL(l.Place, "", ""))
	}
	return templ.Attributes{"id": "runs"}
}
