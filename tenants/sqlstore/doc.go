// Package sqlstore keeps who may do what in tables that SQLite and PostgreSQL have alike.
//
//	tenant ◀── member ──▶ person ◀── team_member ──▶ team (a group)      session ──▶ person
//	   ▲                                                                  api_key ──▶ person or account
//	   └── account                grant_held ──▶ person, team or account  access_change: what has changed, in the order of the commits
//
// These tables are small, written by hand or by a script, and read through a cache; so there is one set of statements for both databases, over
// database/sql, instead of one per driver. It keeps to what both have: integers, texts and bytes; ids are 16 bytes, times are microseconds. Placeholders are
// $1, $2 …, which both number alike.
//
// Every change of what somebody may do begins by raising the one row of access_version. That row's lock makes such changes happen one after the other, so a
// change may look before it writes, and the log of changes has no gaps for whoever reads it.
package sqlstore
