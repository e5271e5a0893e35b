package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/tenants"
)

// trio is node 1 of three: it and node 2 serve, node 3 is taken for dead, and shard 0 is nobody's.
type trio struct{}

func (trio) ID() orchestration.NodeID       { return 1 }
func (trio) Others() []orchestration.NodeID { return []orchestration.NodeID{2} }

func (trio) Address(n orchestration.NodeID) (string, bool) {
	return map[orchestration.NodeID]string{1: "10.0.0.1:7234", 2: "10.0.0.2:7234"}[n], true
}

func (trio) Owner(s orchestration.ShardID) (orchestration.NodeID, bool) {
	switch {
	case s == 0:
		return 0, false
	case s < 10:
		return 3, false
	case s < 110:
		return 2, false
	}
	return 1, true
}

func TestNodesOfAFleet(t *testing.T) {
	nodes, unserved := nodesOf(trio{})
	if len(nodes) != 2 || !nodes[0].Here || nodes[0].Shards != orchestration.Shards-110 || nodes[1].Address != "10.0.0.2:7234" || nodes[1].Shards != 100 || unserved != 10 {
		t.Errorf("%+v, unserved %d", nodes, unserved)
	}
	alone, unserved := nodesOf(nil)
	if len(alone) != 1 || alone[0].Shards != orchestration.Shards || unserved != 0 {
		t.Errorf("%+v, unserved %d", alone, unserved)
	}
}

func TestOperatorsSeeTheInstallation(t *testing.T) {
	l := newLobby(t)
	l.console.fleet = trio{}
	op := l.as("op", tenants.Operator)
	answered(t, op.get("/operator"), http.StatusOK, "0.1.0-test", "tenuto.example:7233", "10.0.0.2:7234", "7 since this node", "10 shards are between two nodes")
	leads(t, op.post("/operator/tenants", url.Values{"name": {"initech"}, "title": {"Initech"}}), "/t/initech?done=tenant")
	answered(t, op.get("/t/initech?done=tenant"), http.StatusOK, "The tenant is founded.", "Installation")
	answered(t, op.post("/operator/tenants", url.Values{"name": {"Not A Name"}}), http.StatusBadRequest, `value="Not A Name"`)
	answered(t, op.get("/operator/audit"), http.StatusOK, "Audit")
	w := op.get("/operator/audit.csv")
	answered(t, w, http.StatusOK, "sequence,time")
	owner := l.as("owner", tenants.Owner)
	answered(t, owner.get("/operator"), http.StatusForbidden, "Only operators of the installation may see this.")
	if strings.Contains(owner.get("/t/acme").Body.String(), "/operator") {
		t.Error("an owner is offered the page of operators")
	}
}

func TestOperatorsDisablePeople(t *testing.T) {
	l := newLobby(t)
	h := l.person("ada")
	ada := l.guest().enter("ada")
	answered(t, ada.get("/t/acme"), http.StatusOK)
	op := l.as("op", tenants.Operator)
	one := "/t/acme/members/" + h.ID.String()
	leads(t, op.post(one+"/disabled", url.Values{"disabled": {"true"}}), one+"?done=disabled")
	answered(t, op.get(one), http.StatusOK, "disabled in the whole installation", "Enable")
	if w := ada.get("/t/acme"); w.Code == http.StatusOK {
		t.Error("a disabled person still sees pages")
	}
	leads(t, op.post(one+"/disabled", url.Values{"disabled": {"false"}}), one+"?done=enabled")
}

// An operator sees where somebody is signed in and ends that; an admin of the tenant sees nothing of it.
func TestOperatorsSignPeopleOut(t *testing.T) {
	l := newLobby(t)
	h := l.person("ada")
	first, second, third := l.guest().enter("ada"), l.guest().enter("ada"), l.guest().enter("ada")
	v, err := l.desk.Look(t.Context(), first.cookies[sessionCookie])
	must(t, err)
	op, boss := l.as("op", tenants.Operator), l.as("boss", tenants.Administrator)
	one, ref := "/t/acme/members/"+h.ID.String(), v.Session.Ref()
	answered(t, op.get(one), http.StatusOK, ref, "Firefox", "192.0.2.7", "Sign out everywhere")
	if w := boss.get(one); w.Code != http.StatusOK || strings.Contains(w.Body.String(), ref) || strings.Contains(w.Body.String(), "192.0.2.7") {
		t.Errorf("an admin of the tenant sees where somebody is signed in: %d", w.Code)
	}
	answered(t, boss.post(one+"/sessions/end", url.Values{"session": {ref}}), http.StatusForbidden)
	answered(t, first.get("/profile"), http.StatusOK)
	leads(t, op.post(one+"/sessions/end", url.Values{"session": {ref}}), one+"?done=signed-out")
	answered(t, first.get("/profile"), http.StatusUnauthorized)
	answered(t, second.get("/profile"), http.StatusOK)
	answered(t, op.post(one+"/sessions/end", nil), http.StatusBadRequest, "does not say which session")
	leads(t, op.post(one+"/sessions/end", url.Values{"all": {"true"}}), one+"?done=signed-out")
	for _, g := range []*guest{second, third} {
		answered(t, g.get("/profile"), http.StatusUnauthorized)
	}
	answered(t, op.get(one), http.StatusOK, "Nowhere.")
}
