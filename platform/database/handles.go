package database

import (
	"database/sql"
	"net/url"
	"runtime"
	"strings"
)

// The settings of every connection to a file.
//
// synchronous=FULL flushes the log at each commit: a commit that returned survives a power cut. Nothing else here weakens that.
// mmap stays off: mapped pages count as resident memory, and an I/O error on one is a signal instead of an error code.
var filePragmas = []string{
	"busy_timeout(5000)", // only a foreign process (a backup, a shell) can make us wait
	"journal_mode(WAL)",
	"synchronous(FULL)",
	"foreign_keys(1)",
	"mmap_size(0)",
	"temp_store(MEMORY)",
}

// The settings of the writing connection alone.
var writerPragmas = []string{
	"cache_size(-16384)",       // 16 MiB: the right edges of all indexes and the open runs of a busy node
	"wal_autocheckpoint(4000)", // pages of 4 KiB, so about 16 MiB of log: hot pages are copied once per many commits
}

// The settings of each reading connection.
var readerPragmas = []string{
	"cache_size(-2048)", // 2 MiB each: lists and histories are read once, the operating system caches the rest
	"query_only(1)",
}

func openWriter(path string) (*sql.DB, error) {
	// The page size counts only in a new file, and only before the journal mode is set.
	pragmas := append([]string{"page_size(4096)"}, filePragmas...)
	db, err := sql.Open("sqlite", dsn(path, "_txlock=immediate", append(pragmas, writerPragmas...)))
	if err != nil {
		return nil, err
	}
	return limit(db, 1), nil
}

func openReaders(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, "mode=ro", append(filePragmas[:len(filePragmas):len(filePragmas)], readerPragmas...)))
	if err != nil {
		return nil, err
	}
	return limit(db, min(8, 2+runtime.GOMAXPROCS(0))), nil
}

// openMemory opens a private in-memory database. Its one connection is the database; SQLite's shared in-memory modes would add
// table locks that make readers and the writer refuse each other.
func openMemory() (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file::memory:?_txlock=immediate&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)")
	if err != nil {
		return nil, err
	}
	return limit(db, 1), nil
}

// limit keeps n connections open for good: opening one costs ten statements.
func limit(db *sql.DB, n int) *sql.DB {
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db
}

// dsn is the driver's name of a file with settings. The path is escaped, so that ?, # and % in it stay a path.
func dsn(path, option string, pragmas []string) string {
	var b strings.Builder
	b.WriteString((&url.URL{Scheme: "file", Path: path}).String())
	b.WriteString("?" + option)
	for _, p := range pragmas {
		b.WriteString("&_pragma=" + p)
	}
	return b.String()
}
