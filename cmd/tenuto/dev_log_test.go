package main

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	commandpb "go.temporal.io/api/command/v1"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc/metadata"
)

// TestTheLogKeepsSecrets: a debug log is easily shared, so nothing of what applications and browsers hand in may be in it.
func TestTheLogKeepsSecrets(t *testing.T) {
	const secret = "ada-lovelace-secret"
	l := begin(t, "--db", ":memory:", "--log-level", "debug")
	secrets := []string{secret, l.link.Query().Get("token"), browse(t, l, secret)}
	secrets = append(secrets, failAWorkflow(t, l, secret)...)
	if err := l.end(); err != nil {
		t.Fatal(err)
	}
	log := l.err.String()
	if !strings.Contains(log, "RespondWorkflowTaskCompleted") {
		t.Errorf("it is no debug log:\n%s", log)
	}
	for _, one := range secrets {
		for _, form := range []string{
			one, strconv.Quote(one), base64.StdEncoding.EncodeToString([]byte(one)), base64.RawURLEncoding.EncodeToString([]byte(one)), hex.EncodeToString([]byte(one)),
		} {
			if strings.Contains(log, strings.Trim(form, `"`)) {
				t.Errorf("%q is in the log:\n%s", form, log)
			}
		}
	}
}

// browse signs in, visits pages, one of which fails, and returns the session's cookie.
func browse(t *testing.T, l *life, secret string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	home := &url.URL{Scheme: "http", Host: l.link.Host, Path: "/"}
	reply, err := browser.PostForm(home.JoinPath("signin").String(), url.Values{"token": {l.link.Query().Get("token")}})
	if err != nil {
		t.Fatal(err)
	}
	_ = reply.Body.Close()
	for _, path := range []string{"t/default/ns/default/workflows", "t/default/ns/default/workflows?query=" + secret, "t/default/ns/" + secret} {
		visit(t, browser, home.String()+path)
	}
	cookies := jar.Cookies(home)
	if len(cookies) != 1 {
		t.Fatalf("cookies %v", cookies)
	}
	return cookies[0].Value
}

// failAWorkflow puts the secret wherever a client and a worker may, and returns the task's token.
func failAWorkflow(t *testing.T, l *life, secret string) []string {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+secret)
	payload := &commonpb.Payloads{Payloads: []*commonpb.Payload{{Data: []byte(secret)}}}
	queue := &taskqueuepb.TaskQueue{Name: "bank"}
	service := l.service()
	_, err := service.StartWorkflowExecution(ctx, &workflowservice.StartWorkflowExecutionRequest{
		Namespace: "default", WorkflowId: "w", RequestId: "r", WorkflowType: &commonpb.WorkflowType{Name: "T"}, TaskQueue: queue, Input: payload,
		Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{"m": payload.Payloads[0]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := service.SignalWorkflowExecution(ctx, &workflowservice.SignalWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: "w"}, SignalName: "s", Input: payload,
	}); err != nil {
		t.Fatal(err)
	}
	task, err := service.PollWorkflowTaskQueue(ctx, &workflowservice.PollWorkflowTaskQueueRequest{Namespace: "default", TaskQueue: queue})
	if err != nil {
		t.Fatal(err)
	}
	refused := []*commandpb.Command{{CommandType: enumspb.CommandType(99)}}
	for _, respond := range []*workflowservice.RespondWorkflowTaskCompletedRequest{
		{TaskToken: []byte(secret)}, {TaskToken: task.GetTaskToken(), Commands: fail(secret)}, {TaskToken: task.GetTaskToken(), Commands: refused},
	} {
		respond.Namespace = "default"
		_, err = service.RespondWorkflowTaskCompleted(ctx, respond)
		if accepted := err == nil; accepted != (respond.GetCommands() != nil && respond.GetCommands()[0].GetCommandType() != 99) {
			t.Errorf("response %v: %v", respond, err)
		}
	}
	return []string{string(task.GetTaskToken())}
}

// fail is the command that fails a workflow.
func fail(message string) []*commandpb.Command {
	return []*commandpb.Command{{
		CommandType: enumspb.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
		Attributes: &commandpb.Command_FailWorkflowExecutionCommandAttributes{
			FailWorkflowExecutionCommandAttributes: &commandpb.FailWorkflowExecutionCommandAttributes{
				Failure: &failurepb.Failure{Message: message, StackTrace: message},
			},
		},
	}}
}
