// Package visibility turns the list filter that users write into SQL, and pages of a list into tokens.
//
//	"ExecutionStatus = 'Running' AND StartTime > '2024-02-29T00:00:00Z'"
//	   parse    text -> syntax tree (temporalio/sqlparser), of which most is refused
//	   check    syntax tree -> typed tree: attributes known, operators allowed, values read as the attribute's type
//	   render   typed tree -> store.Where in the driver's dialect
//
//	attributes  WorkflowId RunId WorkflowType TaskQueue ExecutionStatus StartTime ExecutionTime CloseTime HistoryLength
//	operators   = != < <= > >= IN, NOT IN, BETWEEN … AND, NOT BETWEEN, STARTS_WITH, IS NULL, IS NOT NULL, AND, OR, NOT, ( )
//
// No text of the user reaches the SQL: column names and operators come from tables here, values are always arguments. Every
// operation stands in parentheses of its own.
//
// Comparing with an attribute that is not set (CloseTime of an open run) is neither true nor false, as in SQL: such runs match only IS NULL.
package visibility
