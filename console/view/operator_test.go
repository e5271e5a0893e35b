package view

import (
	"testing"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

func TestGoldenOperator(t *testing.T) {
	p := OperatorPage{
		TenantFrame: hostileTenant(Operates, InInstallation), Version: script, Server: attr, Unserved: 3, Audit: &adminv1.AuditStatus{Waiting: 1234, Dropped: 2},
		Nodes: []NodeRow{{ID: 1, Address: script, Here: true, Shards: 1000}, {ID: 2, Address: rtl, Shards: 24}},
	}
	p.Filled = Filled{Form: "tenant", Values: refusedForm, Why: script}
	golden(t, "operator", Operator(p))
	golden(t, "operator_alone", Operator(OperatorPage{TenantFrame: TenantFrame{May: Operates, Now: noon}, Version: "0.1.0", Encrypted: true, Nodes: []NodeRow{{Here: true, Shards: 1024}}}))
	golden(t, "operator_audit", InstallationAudit(AuditPage{TenantFrame: hostileTenant(Operates, 0), Log: OperatorURL + "/audit"}))
}
