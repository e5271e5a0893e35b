package edge

import (
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// subject is what a method is about, as far as its permission goes.
type subject int

const (
	everybody         subject = iota + 1 // needs no credential: the answer is the same for all
	whatTheCallerSees                    // needs a credential; the answer has only what its principal may see
	aNamespace                           // one namespace, named by the request, in which the principal needs a permission
	aNewNamespace                        // a tenant, named by the namespace's name, which the principal manages
	theInstallation                      // for operators
	aTenant                              // one tenant, named by the request, in which the principal needs a role
)

// permit says who may call a method.
type permit struct {
	of    subject
	needs tenants.Permission // of a namespace: any of these is enough
	role  tenants.Role       // of a tenant: this, or more; none: to belong to it is enough
	// lasts tells that the call may wait for long. It ends when its credential does.
	lasts bool
	// hot tells that programs make the call by the thousand a second.
	hot bool
}

// anyCall is what describes a namespace to all who may do anything in it: SDK workers and clients ask at their start.
const anyCall = tenants.Admin | tenants.Write | tenants.Worker | tenants.Read

// permits is the one table of who may call what. A method without a row is denied to everybody, whether this release builds it or not.
//
// Payloads: an answer's are for whoever has tenants.PayloadRead. A method that needs tenants.Worker shows them to workers too, because they cannot work without.
var permits = map[string]permit{ // Namespaces.
	workflowservice.WorkflowService_RegisterNamespace_FullMethodName:  {of: aNewNamespace},
	workflowservice.WorkflowService_DescribeNamespace_FullMethodName:  {of: aNamespace, needs: anyCall},
	workflowservice.WorkflowService_ListNamespaces_FullMethodName:     {of: whatTheCallerSees},
	workflowservice.WorkflowService_UpdateNamespace_FullMethodName:    {of: aNamespace, needs: tenants.Admin},
	workflowservice.WorkflowService_DeprecateNamespace_FullMethodName: {of: aNamespace, needs: tenants.Admin},

	// The installation.
	workflowservice.WorkflowService_GetSystemInfo_FullMethodName:       {of: everybody},
	workflowservice.WorkflowService_GetClusterInfo_FullMethodName:      {of: whatTheCallerSees},
	workflowservice.WorkflowService_GetSearchAttributes_FullMethodName: {of: whatTheCallerSees},

	// Those who start and steer workflows.
	workflowservice.WorkflowService_StartWorkflowExecution_FullMethodName:            {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_ExecuteMultiOperation_FullMethodName:             {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_SignalWorkflowExecution_FullMethodName:           {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_SignalWithStartWorkflowExecution_FullMethodName:  {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_RequestCancelWorkflowExecution_FullMethodName:    {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_TerminateWorkflowExecution_FullMethodName:        {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DeleteWorkflowExecution_FullMethodName:           {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_ResetWorkflowExecution_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateWorkflowExecution_FullMethodName:           {of: aNamespace, needs: tenants.Write, hot: true, lasts: true},
	workflowservice.WorkflowService_PollWorkflowExecutionUpdate_FullMethodName:       {of: aNamespace, needs: tenants.Write | tenants.Read, lasts: true},
	workflowservice.WorkflowService_UpdateWorkflowExecutionOptions_FullMethodName:    {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_PauseWorkflowExecution_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UnpauseWorkflowExecution_FullMethodName:          {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_PollWorkflowExecutionTimeSkipping_FullMethodName: {of: aNamespace, needs: tenants.Write | tenants.Read, lasts: true},
	workflowservice.WorkflowService_StartBatchOperation_FullMethodName:               {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_StopBatchOperation_FullMethodName:                {of: aNamespace, needs: tenants.Write},

	// Those who look.
	workflowservice.WorkflowService_GetWorkflowExecutionHistory_FullMethodName:        {of: aNamespace, needs: tenants.Read | tenants.Worker, lasts: true},
	workflowservice.WorkflowService_GetWorkflowExecutionHistoryReverse_FullMethodName: {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DescribeWorkflowExecution_FullMethodName:          {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_QueryWorkflow_FullMethodName:                      {of: aNamespace, needs: tenants.Read, lasts: true},
	workflowservice.WorkflowService_ListWorkflowExecutions_FullMethodName:             {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListOpenWorkflowExecutions_FullMethodName:         {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListClosedWorkflowExecutions_FullMethodName:       {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListArchivedWorkflowExecutions_FullMethodName:     {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ScanWorkflowExecutions_FullMethodName:             {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_CountWorkflowExecutions_FullMethodName:            {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DescribeBatchOperation_FullMethodName:             {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListBatchOperations_FullMethodName:                {of: aNamespace, needs: tenants.Read},

	// Workers.
	workflowservice.WorkflowService_PollWorkflowTaskQueue_FullMethodName:            {of: aNamespace, needs: tenants.Worker, lasts: true},
	workflowservice.WorkflowService_RespondWorkflowTaskCompleted_FullMethodName:     {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondWorkflowTaskFailed_FullMethodName:        {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondQueryTaskCompleted_FullMethodName:        {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_ResetStickyTaskQueue_FullMethodName:             {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_ShutdownWorker_FullMethodName:                   {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_PollActivityTaskQueue_FullMethodName:            {of: aNamespace, needs: tenants.Worker, lasts: true},
	workflowservice.WorkflowService_RecordActivityTaskHeartbeat_FullMethodName:      {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RecordActivityTaskHeartbeatById_FullMethodName:  {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskCompleted_FullMethodName:     {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskCompletedById_FullMethodName: {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskFailed_FullMethodName:        {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskFailedById_FullMethodName:    {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskCanceled_FullMethodName:      {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondActivityTaskCanceledById_FullMethodName:  {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_PollNexusTaskQueue_FullMethodName:               {of: aNamespace, needs: tenants.Worker, lasts: true},
	workflowservice.WorkflowService_RespondNexusTaskCompleted_FullMethodName:        {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RespondNexusTaskFailed_FullMethodName:           {of: aNamespace, needs: tenants.Worker},
	workflowservice.WorkflowService_RecordWorkerHeartbeat_FullMethodName:            {of: aNamespace, needs: tenants.Worker},

	// Task queues and workers, as operators see them.
	workflowservice.WorkflowService_DescribeTaskQueue_FullMethodName:       {of: aNamespace, needs: tenants.Read | tenants.Worker},
	workflowservice.WorkflowService_ListTaskQueuePartitions_FullMethodName: {of: aNamespace, needs: tenants.Read | tenants.Worker},
	workflowservice.WorkflowService_UpdateTaskQueueConfig_FullMethodName:   {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_ListWorkers_FullMethodName:             {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_CountWorkers_FullMethodName:            {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DescribeWorker_FullMethodName:          {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_FetchWorkerConfig_FullMethodName:       {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_UpdateWorkerConfig_FullMethodName:      {of: aNamespace, needs: tenants.Write},

	// Pending activities.
	workflowservice.WorkflowService_PauseActivity_FullMethodName:         {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UnpauseActivity_FullMethodName:       {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_ResetActivity_FullMethodName:         {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateActivityOptions_FullMethodName: {of: aNamespace, needs: tenants.Write},

	// Schedules.
	workflowservice.WorkflowService_CreateSchedule_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateSchedule_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_PatchSchedule_FullMethodName:             {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DeleteSchedule_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DescribeSchedule_FullMethodName:          {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListSchedules_FullMethodName:             {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_CountSchedules_FullMethodName:            {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListScheduleMatchingTimes_FullMethodName: {of: aNamespace, needs: tenants.Read},

	// Versions of workers.
	workflowservice.WorkflowService_UpdateWorkerBuildIdCompatibility_FullMethodName:             {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_GetWorkerBuildIdCompatibility_FullMethodName:                {of: aNamespace, needs: tenants.Read | tenants.Worker},
	workflowservice.WorkflowService_UpdateWorkerVersioningRules_FullMethodName:                  {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_GetWorkerVersioningRules_FullMethodName:                     {of: aNamespace, needs: tenants.Read | tenants.Worker},
	workflowservice.WorkflowService_GetWorkerTaskReachability_FullMethodName:                    {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DescribeDeployment_FullMethodName:                           {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListDeployments_FullMethodName:                              {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_GetDeploymentReachability_FullMethodName:                    {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_GetCurrentDeployment_FullMethodName:                         {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_SetCurrentDeployment_FullMethodName:                         {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_CreateWorkerDeployment_FullMethodName:                       {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DescribeWorkerDeployment_FullMethodName:                     {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListWorkerDeployments_FullMethodName:                        {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DeleteWorkerDeployment_FullMethodName:                       {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_SetWorkerDeploymentManager_FullMethodName:                   {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_CreateWorkerDeploymentVersion_FullMethodName:                {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DescribeWorkerDeploymentVersion_FullMethodName:              {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_DeleteWorkerDeploymentVersion_FullMethodName:                {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_SetWorkerDeploymentCurrentVersion_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_SetWorkerDeploymentRampingVersion_FullMethodName:            {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateWorkerDeploymentVersionMetadata_FullMethodName:        {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateWorkerDeploymentVersionComputeConfig_FullMethodName:   {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_ValidateWorkerDeploymentVersionComputeConfig_FullMethodName: {of: aNamespace, needs: tenants.Write},

	// Rules.
	workflowservice.WorkflowService_CreateWorkflowRule_FullMethodName:   {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DeleteWorkflowRule_FullMethodName:   {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_TriggerWorkflowRule_FullMethodName:  {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DescribeWorkflowRule_FullMethodName: {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListWorkflowRules_FullMethodName:    {of: aNamespace, needs: tenants.Read},

	// Activities and Nexus operations of their own.
	workflowservice.WorkflowService_StartActivityExecution_FullMethodName:               {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_PollActivityExecution_FullMethodName:                {of: aNamespace, needs: tenants.Write | tenants.Read, lasts: true},
	workflowservice.WorkflowService_DescribeActivityExecution_FullMethodName:            {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListActivityExecutions_FullMethodName:               {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_CountActivityExecutions_FullMethodName:              {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_RequestCancelActivityExecution_FullMethodName:       {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_TerminateActivityExecution_FullMethodName:           {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DeleteActivityExecution_FullMethodName:              {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_PauseActivityExecution_FullMethodName:               {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UnpauseActivityExecution_FullMethodName:             {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_ResetActivityExecution_FullMethodName:               {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_UpdateActivityExecutionOptions_FullMethodName:       {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_StartNexusOperationExecution_FullMethodName:         {of: aNamespace, needs: tenants.Write, hot: true},
	workflowservice.WorkflowService_PollNexusOperationExecution_FullMethodName:          {of: aNamespace, needs: tenants.Write | tenants.Read, lasts: true},
	workflowservice.WorkflowService_DescribeNexusOperationExecution_FullMethodName:      {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_ListNexusOperationExecutions_FullMethodName:         {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_CountNexusOperationExecutions_FullMethodName:        {of: aNamespace, needs: tenants.Read},
	workflowservice.WorkflowService_RequestCancelNexusOperationExecution_FullMethodName: {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_TerminateNexusOperationExecution_FullMethodName:     {of: aNamespace, needs: tenants.Write},
	workflowservice.WorkflowService_DeleteNexusOperationExecution_FullMethodName:        {of: aNamespace, needs: tenants.Write},

	// OperatorService.
	operatorservice.OperatorService_AddSearchAttributes_FullMethodName:      {of: aNamespace, needs: tenants.Admin},
	operatorservice.OperatorService_RemoveSearchAttributes_FullMethodName:   {of: aNamespace, needs: tenants.Admin},
	operatorservice.OperatorService_ListSearchAttributes_FullMethodName:     {of: aNamespace, needs: anyCall},
	operatorservice.OperatorService_DeleteNamespace_FullMethodName:          {of: aNamespace, needs: tenants.Admin},
	operatorservice.OperatorService_AddOrUpdateRemoteCluster_FullMethodName: {of: theInstallation},
	operatorservice.OperatorService_RemoveRemoteCluster_FullMethodName:      {of: theInstallation},
	operatorservice.OperatorService_ListClusters_FullMethodName:             {of: theInstallation},
	operatorservice.OperatorService_CreateNexusEndpoint_FullMethodName:      {of: theInstallation},
	operatorservice.OperatorService_UpdateNexusEndpoint_FullMethodName:      {of: theInstallation},
	operatorservice.OperatorService_DeleteNexusEndpoint_FullMethodName:      {of: theInstallation},
	operatorservice.OperatorService_GetNexusEndpoint_FullMethodName:         {of: theInstallation},
	operatorservice.OperatorService_ListNexusEndpoints_FullMethodName:       {of: theInstallation},

	// Administration. What depends on whom a call concerns, package tenants/admin decides.
	adminv1.TenantService_CreateTenant_FullMethodName: {of: theInstallation},
	adminv1.TenantService_GetTenant_FullMethodName:    {of: aTenant},
	adminv1.TenantService_ListTenants_FullMethodName:  {of: whatTheCallerSees},
	adminv1.TenantService_UpdateTenant_FullMethodName: {of: aTenant, role: tenants.Administrator},
	adminv1.TenantService_DeleteTenant_FullMethodName: {of: aTenant, role: tenants.Owner},

	adminv1.NamespaceService_CreateNamespace_FullMethodName: {of: aTenant, role: tenants.Administrator},
	adminv1.NamespaceService_GetNamespace_FullMethodName:    {of: aNamespace, needs: anyCall},
	adminv1.NamespaceService_ListNamespaces_FullMethodName:  {of: aTenant},
	adminv1.NamespaceService_UpdateNamespace_FullMethodName: {of: aNamespace, needs: tenants.Admin},
	adminv1.NamespaceService_DeleteNamespace_FullMethodName: {of: aNamespace, needs: tenants.Admin},

	adminv1.HolderService_InviteMember_FullMethodName:      {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_GetMember_FullMethodName:         {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_ListMembers_FullMethodName:       {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_RemoveMember_FullMethodName:      {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_UpdatePerson_FullMethodName:      {of: theInstallation},
	adminv1.HolderService_CreateGroup_FullMethodName:       {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_GetGroup_FullMethodName:          {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_ListGroups_FullMethodName:        {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_DeleteGroup_FullMethodName:       {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_AddGroupMember_FullMethodName:    {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_RemoveGroupMember_FullMethodName: {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_CreateAccount_FullMethodName:     {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_GetAccount_FullMethodName:        {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_ListAccounts_FullMethodName:      {of: aTenant, role: tenants.Auditor},
	adminv1.HolderService_UpdateAccount_FullMethodName:     {of: aTenant, role: tenants.Administrator},
	adminv1.HolderService_DeleteAccount_FullMethodName:     {of: aTenant, role: tenants.Administrator},

	// A session is of the whole installation, and tells where else somebody belongs.
	adminv1.SessionService_ListSessions_FullMethodName: {of: theInstallation},
	adminv1.SessionService_EndSession_FullMethodName:   {of: theInstallation},
	adminv1.SessionService_EndSessions_FullMethodName:  {of: theInstallation},

	adminv1.GrantService_CreateGrant_FullMethodName: {of: aTenant, role: tenants.Administrator},
	adminv1.GrantService_ListGrants_FullMethodName:  {of: aTenant, role: tenants.Auditor},
	adminv1.GrantService_DeleteGrant_FullMethodName: {of: aTenant, role: tenants.Administrator},

	adminv1.KeyService_CreateKey_FullMethodName: {of: aTenant, role: tenants.Member},
	adminv1.KeyService_GetKey_FullMethodName:    {of: aTenant, role: tenants.Member},
	adminv1.KeyService_ListKeys_FullMethodName:  {of: aTenant, role: tenants.Member},
	adminv1.KeyService_RotateKey_FullMethodName: {of: aTenant, role: tenants.Member},
	adminv1.KeyService_UpdateKey_FullMethodName: {of: aTenant, role: tenants.Member},
	adminv1.KeyService_RevokeKey_FullMethodName: {of: aTenant, role: tenants.Member},

	adminv1.AuthorityService_SetAuthority_FullMethodName:    {of: aTenant, role: tenants.Administrator},
	adminv1.AuthorityService_ListAuthorities_FullMethodName: {of: aTenant, role: tenants.Auditor},
	adminv1.AuthorityService_RemoveAuthority_FullMethodName: {of: aTenant, role: tenants.Administrator},

	adminv1.QuotaService_GetQuota_FullMethodName: {of: aNamespace, needs: anyCall},
	adminv1.QuotaService_SetQuota_FullMethodName: {of: theInstallation}, // or a noisy tenant would give itself room
	adminv1.UsageService_GetUsage_FullMethodName: {of: aNamespace, needs: tenants.Admin | tenants.Read},

	adminv1.AuditService_ListAuditRecords_FullMethodName:             {of: aTenant, role: tenants.Auditor},
	adminv1.AuditService_GetAuditChain_FullMethodName:                {of: aTenant, role: tenants.Auditor},
	adminv1.AuditService_ListInstallationAuditRecords_FullMethodName: {of: theInstallation},
	adminv1.AuditService_GetInstallationAuditChain_FullMethodName:    {of: theInstallation},
	adminv1.AuditService_GetAuditStatus_FullMethodName:               {of: theInstallation},
}
