package search

import (
	"maps"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
)

// Type is the type of a search attribute. The numbers are the protocol's, and part of stored terms.
type Type = enumspb.IndexedValueType

// The types, by short names.
const (
	Text        = enumspb.INDEXED_VALUE_TYPE_TEXT
	Keyword     = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	Int         = enumspb.INDEXED_VALUE_TYPE_INT
	Double      = enumspb.INDEXED_VALUE_TYPE_DOUBLE
	Bool        = enumspb.INDEXED_VALUE_TYPE_BOOL
	Datetime    = enumspb.INDEXED_VALUE_TYPE_DATETIME
	KeywordList = enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST
)

// Attributes are the types of attributes by name. As a parameter they are a namespace's custom ones.
type Attributes map[string]Type

// system are the attributes that the server itself gives to every run. Nobody can set them.
var system = Attributes{
	"WorkflowId": Keyword, "RunId": Keyword, "WorkflowType": Keyword, "TaskQueue": Keyword, "ExecutionStatus": Keyword,
	"StartTime": Datetime, "ExecutionTime": Datetime, "CloseTime": Datetime, "ExecutionDuration": Int,
	"HistoryLength": Int, "HistorySizeBytes": Int, "StateTransitionCount": Int,
	"ParentWorkflowId": Keyword, "ParentRunId": Keyword, "RootWorkflowId": Keyword, "RootRunId": Keyword,
}

// NamespaceDivision is the predefined attribute of runs that are not a user's own.
const NamespaceDivision = "TemporalNamespaceDivision"

// predefined are the attributes that every namespace has and that SDKs, tools and programs set.
var predefined = Attributes{
	"BatcherNamespace": Keyword, "BatcherUser": Keyword, "BinaryChecksums": KeywordList, "BuildIds": KeywordList,
	"TemporalChangeVersion": KeywordList, NamespaceDivision: Keyword, "TemporalPauseInfo": KeywordList, "TemporalReportedProblems": KeywordList,
	"TemporalScheduledById": Keyword, "TemporalScheduledStartTime": Datetime, "TemporalSchedulePaused": Bool,
	"TemporalUsedWorkerDeploymentVersions": KeywordList, "TemporalWorkerDeployment": Keyword, "TemporalWorkerDeploymentVersion": Keyword,
	"TemporalWorkflowVersioningBehavior": Keyword,
}

// BuiltIn are the attributes that every namespace has: the system's and the predefined ones. The caller may change the answer.
func BuiltIn() Attributes {
	all := maps.Clone(system)
	maps.Copy(all, predefined)
	return all
}

// IsBuiltIn tells whether every namespace has an attribute of that name.
func IsBuiltIn(name string) bool {
	_, ok := BuiltIn()[name]
	return ok
}

// settable is the type of an attribute that a run may have a value for: a custom or a predefined one.
func (a Attributes) settable(name string) (Type, bool) {
	if t, ok := predefined[name]; ok {
		return t, true
	}
	t, ok := a[name]
	return t, ok
}

// Known is the type of an attribute whose values are terms: a custom or a predefined one. ok is false for all others, the system's among them.
func (a Attributes) Known(name string) (t Type, ok bool) { return a.settable(name) }

// Names are the names in byte order.
func (a Attributes) Names() []string { return slices.Sorted(maps.Keys(a)) }
