// Package database opens the process's databases and brings their schemas up to date.
//
//	OpenSQLite(path, rooms…)
//	  lock     path.lock: one process per file, the second is refused
//	  file     created 0600 in a directory 0700
//	  version  a file from a newer program is refused before anything is written to it
//	  migrate  each room's own migrations, counted in the room's own table
//	  handles  Write: one connection; Read: a pool that cannot write
//
//	OpenPostgres(url, rooms…)      a pool, on a server and schema that were checked; changes nothing
//	MigratePostgres(url, rooms…)   upwards only; several programs may do it at once
//
// The rooms (orchestration, tenants) own their tables and embed their migrations; this package knows neither.
package database
