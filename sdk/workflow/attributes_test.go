package workflow_test

import (
	"testing"

	"github.com/tenuto-io/tenuto/sdk/workflow"
)

func TestUpsertOfNothingIsAnError(t *testing.T) {
	check(t, "true true true", func(ctx workflow.Context, did *journal) error {
		did.add("%v", workflow.UpsertSearchAttributes(ctx, nil) != nil)
		did.add("%v", workflow.UpsertMemo(ctx, nil) != nil)
		did.add("%v", workflow.UpsertMemo(ctx, map[string]any{"x": make(chan int)}) != nil)
		return nil
	})
}

func TestMemoFields(t *testing.T) {
	check(t, "1:true 0:false 0:false error", func(ctx workflow.Context, did *journal) error {
		show := func(key string) {
			n, ok, err := workflow.Memo[int](ctx, key)
			if err != nil {
				did.add("error")
				return
			}
			did.add("%d:%v", n, ok)
		}
		if err := workflow.UpsertMemo(ctx, map[string]any{"n": 1, "gone": nil, "text": "x"}); err != nil {
			return err
		}
		show("n")
		show("gone")
		show("never")
		show("text")
		return nil
	})
}
