// Package listing writes the SQL with which the drivers read visibility.
//
//	filter (visibility.Compile) + order + cursor -> Decide -> Page | Count | Groups -> text and arguments for the driver
//
// A list begins in one of three places:
//
//	plain   in visibility, with the index that the planner chooses. Conditions on search attributes are asked of each row.
//	walk    in the terms of a range, in the list's own order, each with its run's row, until the page is full: for a term that very many runs have.
//	gather  in the terms of a range, all of them, their runs' rows being sorted: for a range that few runs have.
//
// So a page costs what it shows, or a bounded number of terms, whether what is looked for is rare or common. Decide counts, up to a bound, before the list
// is read. Planners are not asked: SQLite has no statistics, and PostgreSQL, told that a run's row is found by two columns, takes the odds of both and expects
// one row of any term. What remains slow is a filter of two common conditions that hardly any run meets together.
package listing
