package view

import (
	"fmt"
	"strconv"
	"strings"
)

// Snippet is a text that connects a client.
type Snippet struct{ Title, Text string }

// languages are how the official clients connect with a key. %[1]s address, %[2]s namespace, %[3]s key: quoted as the language wants it. With a key the SDKs turn
// TLS on by themselves; who connects without has to say so.
var languages = []struct {
	title       string
	quote       func(string) string
	with, plain string
}{
	{"Go", strconv.Quote, `c, err := client.Dial(client.Options{
	HostPort:    %[1]s,
	Namespace:   %[2]s,
	Credentials: client.NewAPIKeyStaticCredentials(%[3]s),
})`, `c, err := client.Dial(client.Options{
	HostPort:          %[1]s,
	Namespace:         %[2]s,
	Credentials:       client.NewAPIKeyStaticCredentials(%[3]s),
	ConnectionOptions: client.ConnectionOptions{TLSDisabled: true},
})`},
	{"TypeScript", strconv.Quote, `const connection = await Connection.connect({
  address: %[1]s,
  apiKey: %[3]s,
  tls: true,
});
const client = new Client({ connection, namespace: %[2]s });`, `const connection = await Connection.connect({
  address: %[1]s,
  apiKey: %[3]s,
  tls: false,
});
const client = new Client({ connection, namespace: %[2]s });`},
	{"Python", strconv.Quote, `client = await Client.connect(
    %[1]s,
    namespace=%[2]s,
    api_key=%[3]s,
    tls=True,
)`, `client = await Client.connect(
    %[1]s,
    namespace=%[2]s,
    api_key=%[3]s,
    tls=False,
)`},
	{"Java", strconv.Quote, `WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(
    WorkflowServiceStubsOptions.newBuilder()
        .setTarget(%[1]s)
        .addApiKey(() -> %[3]s)
        .setEnableHttps(true)
        .build());
WorkflowClient client = WorkflowClient.newInstance(
    service, WorkflowClientOptions.newBuilder().setNamespace(%[2]s).build());`, `WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(
    WorkflowServiceStubsOptions.newBuilder()
        .setTarget(%[1]s)
        .addApiKey(() -> %[3]s)
        .setEnableHttps(false)
        .build());
WorkflowClient client = WorkflowClient.newInstance(
    service, WorkflowClientOptions.newBuilder().setNamespace(%[2]s).build());`},
	{"CLI", shellQuote, `export TEMPORAL_ADDRESS=%[1]s
export TEMPORAL_NAMESPACE=%[2]s
export TEMPORAL_API_KEY=%[3]s
temporal workflow list --tls`, `export TEMPORAL_ADDRESS=%[1]s
export TEMPORAL_NAMESPACE=%[2]s
export TEMPORAL_API_KEY=%[3]s
temporal workflow list --tls=false`},
}

// Snippets are the texts that connect the official clients to a namespace, with and without TLS.
func Snippets(address, namespace, key string) (all []Snippet) {
	for _, l := range languages {
		for _, of := range []struct{ title, text string }{{"with TLS", l.with}, {"without TLS", l.plain}} {
			all = append(all, Snippet{l.title + ", " + of.title, fmt.Sprintf(of.text, l.quote(address), l.quote(namespace), l.quote(key))})
		}
	}
	return all
}

// shellQuote is a text as one word of a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
