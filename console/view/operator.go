package view

import adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"

// NodeRow is a node of the installation.
type NodeRow struct {
	ID      int    // 0: the one process without a cluster
	Address string // that other nodes reach it at
	Here    bool   // it has made this page
	Shards  int    // that it serves
}

// OperatorPage is the installation.
type OperatorPage struct {
	TenantFrame
	Version   string
	Server    string // address that SDKs connect to
	Encrypted bool
	Nodes     []NodeRow
	Unserved  int // shards between two owners
	Audit     *adminv1.AuditStatus
}
