package view

import (
	workflowpb "go.temporal.io/api/workflow/v1"
)

// FamilyPage is the tree of runs that one belongs to.
type FamilyPage struct {
	RunFrame
	Members               []*workflowpb.WorkflowExecutionInfo // of the tree, the oldest first
	More                  bool                                // there are more than are shown
	First, Previous, Next string                              // run ids of the chain; "": none
}

// member is a run in the tree.
type member struct {
	info  *workflowpb.WorkflowExecutionInfo
	depth int
}

// tree are the members, each after its parent. One whose parent is not among them stands at the top.
func (p FamilyPage) tree() (all []member) {
	children, known := map[string][]*workflowpb.WorkflowExecutionInfo{}, map[string]bool{}
	for _, m := range p.Members {
		known[m.GetExecution().GetRunId()] = true
	}
	members := p.Members
	if !known[p.RunID()] {
		members, known[p.RunID()] = append(members[:len(members):len(members)], p.Info), true
	}
	for _, m := range members {
		parent := m.GetParentExecution().GetRunId()
		if !known[parent] || parent == m.GetExecution().GetRunId() {
			parent = ""
		}
		children[parent] = append(children[parent], m)
	}
	var below func(parent string, depth int)
	below = func(parent string, depth int) {
		for _, m := range children[parent] {
			all = append(all, member{m, depth})
			below(m.GetExecution().GetRunId(), depth+1)
		}
	}
	below("", 0)
	return all
}

// indent is the class of a row by its depth in the tree.
func (m member) indent() string {
	const classes = "012345678"
	return "depth-" + string(classes[min(m.depth, len(classes)-1)])
}
