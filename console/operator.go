package console

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/tenuto-io/tenuto/console/view"
	"github.com/tenuto-io/tenuto/orchestration"
	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
)

// Fleet is what this node knows of those that share its database; *cluster.Cluster is one. It is how this node sees it, and may be behind.
type Fleet interface {
	// ID is this node.
	ID() orchestration.NodeID
	// Others are the other nodes that live.
	Others() []orchestration.NodeID
	// Address is where others reach a node.
	Address(orchestration.NodeID) (string, bool)
	// Owner is who serves a shard, or will; 0: nobody.
	Owner(orchestration.ShardID) (n orchestration.NodeID, local bool)
}

// operator shows the installation to those who run it.
func (c *Console) operator(ec echo.Context, at place) error {
	return c.operatorPage(ec, at, http.StatusOK, view.Filled{})
}

func (c *Console) operatorPage(ec echo.Context, at place, status int, filled view.Filled) error {
	ctx, cancel := asked(ec)
	defer cancel()
	state, err := c.admin.GetAuditStatus(ctx, &adminv1.GetAuditStatusRequest{})
	if err != nil {
		return err
	}
	p := view.OperatorPage{
		TenantFrame: view.TenantFrame{Bar: c.door.bar(at.who, view.OperatorURL+"/live"), May: view.Operates, Filled: filled, Now: c.now()},
		Version:     c.version, Server: c.server, Encrypted: c.encrypted, Audit: state,
	}
	p.Nodes, p.Unserved = nodesOf(c.fleet)
	return page(ec, status, view.Operator(p))
}

// nodesOf are the nodes that live, this one first, with how many shards each serves. unserved are shards that nobody could serve.
func nodesOf(f Fleet) (nodes []view.NodeRow, unserved int) {
	if f == nil {
		return []view.NodeRow{{Here: true, Shards: orchestration.Shards}}, 0
	}
	shards := map[orchestration.NodeID]int{}
	for s := range orchestration.ShardID(orchestration.Shards) {
		owner, _ := f.Owner(s)
		shards[owner]++
	}
	for i, id := range slices.Concat([]orchestration.NodeID{f.ID()}, f.Others()) {
		address, _ := f.Address(id)
		nodes = append(nodes, view.NodeRow{ID: int(id), Address: address, Here: i == 0, Shards: shards[id]})
		delete(shards, id)
	}
	for _, n := range shards { // of nobody, or of nodes that were taken for dead just now
		unserved += n
	}
	return nodes, unserved
}

// foundTenant founds a tenant, and leads to it.
func (c *Console) foundTenant(ec echo.Context, at place) error {
	f := formOf(ec, "tenant")
	name := f.text("name")
	return f.end(func() error {
		_, err := c.admin.CreateTenant(ec.Request().Context(), &adminv1.CreateTenantRequest{Name: name, Title: f.text("title")})
		return err
	}, view.TenantURL(name), "tenant", func(status int, filled view.Filled) error { return c.operatorPage(ec, at, status, filled) })
}

// installation is the log of what concerns no tenant.
func (c *Console) installation(ctx context.Context, f *adminv1.AuditFilter, size int32, token string) (*adminv1.ListAuditRecordsResponse, error) {
	return c.admin.ListInstallationAuditRecords(ctx, &adminv1.ListInstallationAuditRecordsRequest{Filter: f, PageSize: size, PageToken: token})
}

// installationLog shows the log of the installation.
func (c *Console) installationLog(ec echo.Context, at place) error {
	p := view.AuditPage{TenantFrame: view.TenantFrame{Bar: c.door.bar(at.who, view.OperatorURL+"/live"), May: view.Operates, Now: c.now()}, Log: view.OperatorURL + "/audit"}
	return c.logPage(ec, p, c.installation, view.InstallationAudit)
}

// installationExport is the log of the installation as a file.
func (c *Console) installationExport(ec echo.Context, _ place) error {
	return c.exportLog(ec, "audit-installation.csv", c.installation)
}

// switchPerson lets a person in, or does not, in the whole installation.
func (c *Console) switchPerson(ec echo.Context, at place) error {
	id, err := param(ec, "member")
	if err != nil {
		return err
	}
	f := formOf(ec, "switch")
	disabled, done := f.is("disabled"), view.Done("enabled")
	if disabled {
		done = "disabled"
	}
	return f.end(func() error {
		_, err := c.admin.UpdatePerson(ec.Request().Context(), &adminv1.UpdatePersonRequest{Person: id, Disabled: &disabled})
		return err
	}, view.Under(view.MembersURL(at.tenant.Name), id), done, func(status int, filled view.Filled) error { return c.memberPage(ec, at, id, status, filled) })
}
