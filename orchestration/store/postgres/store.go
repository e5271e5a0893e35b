package postgres

import (
	"embed"
	"errors"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the files of the engine's schema.
func Migrations() fs.FS {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return files
}

// Store is the driver. It is safe for concurrent use; commits of one lane queue for its connection.
type Store struct {
	reader

	mu    sync.Mutex
	lanes map[orchestration.LaneID]*lane
}

var (
	_ store.Store        = (*Store)(nil)
	_ store.Reader       = (*Store)(nil)
	_ store.Members      = (*Store)(nil)
	_ store.QueueConfigs = (*Store)(nil)
	_ store.Usages       = (*Store)(nil)
)

// New makes a store on a database whose migrations have been applied. The pool serves the reads, and its configuration opens the lanes'
// connections; the store does not close it.
func New(pool *pgxpool.Pool) *Store {
	return &Store{reader: reader{pool: pool}, lanes: map[orchestration.LaneID]*lane{}}
}

// lane is the lane of that id, without a connection if it is new.
func (s *Store) lane(id orchestration.LaneID) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lanes[id]
	if l == nil {
		l = &lane{id: id, config: s.pool.Config().ConnConfig, turn: make(chan struct{}, 1), batch: newBatch()}
		s.lanes[id] = l
	}
	return l
}

// Close waits for commits in flight and closes the lanes' connections; call it before closing the pool.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for id, l := range s.lanes {
		l.turn <- struct{}{}
		errs = append(errs, l.disconnect())
		<-l.turn
		delete(s.lanes, id)
	}
	return errors.Join(errs...)
}

// Dialect is store.Postgres.
func (s *Store) Dialect() store.Dialect { return store.Postgres }
