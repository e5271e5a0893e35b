package admin_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

func TestQuotasAreReplaced(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	want := &adminv1.Quota{Requests: 200, Starts: -1, Pollers: 7, OpenRuns: 1000, RetainedBytes: 1 << 40}
	for range 2 {
		got, err := w.SetQuota(w.operator(), &adminv1.SetQuotaRequest{Namespace: "bank.acme", Quota: want})
		w.must(err)
		if !proto.Equal(got, want) {
			t.Errorf("got %v", got)
		}
	}
	got, err := w.GetQuota(w.operator(), &adminv1.GetQuotaRequest{Namespace: "bank.acme"})
	w.must(err)
	if !proto.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	n, err := w.directory.ByName(t.Context(), "bank.acme")
	w.must(err)
	if n.Quota != (tenants.Quota{Requests: 200, Starts: -1, Pollers: 7, OpenRuns: 1000, Retained: 1 << 40}) {
		t.Errorf("stored: %+v", n.Quota)
	}
	got, err = w.SetQuota(w.operator(), &adminv1.SetQuotaRequest{Namespace: "bank.acme", Quota: &adminv1.Quota{}})
	w.must(err)
	if !proto.Equal(got, &adminv1.Quota{}) {
		t.Errorf("the default: %v", got)
	}
	_, err = w.SetQuota(w.operator(), &adminv1.SetQuotaRequest{Namespace: "bank.acme"})
	refused(t, "no quota", err, orchestration.InvalidArgument, "quota")
	_, err = w.SetQuota(w.operator(), &adminv1.SetQuotaRequest{Namespace: "bank.acme", Quota: &adminv1.Quota{Pollers: -2}})
	refused(t, "a bad bound", err, orchestration.InvalidArgument, "pollers", "-2")
	_, err = w.GetQuota(w.operator(), &adminv1.GetQuotaRequest{Namespace: "none"})
	refused(t, "no namespace", err, orchestration.NamespaceNotFound)
}

func TestUsageIsReported(t *testing.T) {
	w := newTown(t)
	w.namespace("bank")
	hour := store.UsageHour{Hour: store.HourOf(noon.Add(-time.Hour))}
	hour.Actions[0], hour.Actions[1] = 5, 2
	hour.Stock.OpenRuns = 4
	w.used.hours, w.used.held = []store.UsageHour{hour}, store.Stock{OpenRuns: 4, ActiveBytes: 100}
	u, err := w.GetUsage(w.operator(), &adminv1.GetUsageRequest{Namespace: "bank.acme"})
	w.must(err)
	if u.GetTotal().GetActions() != 7 || u.GetHeld().GetOpenRuns() != 4 || u.GetHeld().GetActiveBytes() != 100 || w.used.from != store.HourOf(noon.Add(-24*time.Hour)) {
		t.Errorf("from %v: %v", w.used.from, u)
	}
	last := u.GetHours()[len(u.GetHours())-1]
	if len(last.GetKinds()) != int(orchestration.ActionKinds) || last.GetKinds()[0].GetKind() != "starts" {
		t.Errorf("the last hour: %v", last)
	}
	_, err = w.GetUsage(w.operator(), &adminv1.GetUsageRequest{Namespace: "bank.acme", StartTime: timestamppb.New(noon), EndTime: timestamppb.New(noon)})
	refused(t, "no time between", err, orchestration.InvalidArgument, "not after")
	_, err = w.GetUsage(w.operator(), &adminv1.GetUsageRequest{Namespace: "bank.acme", EndTime: &timestamppb.Timestamp{Nanos: -1}})
	refused(t, "no time", err, orchestration.InvalidArgument, "no time")
}
