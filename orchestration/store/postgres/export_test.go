package postgres

import (
	"context"

	"github.com/tenuto-io/tenuto/orchestration"
)

// LaneSetting reads a setting of a lane's session.
func (s *Store) LaneSetting(ctx context.Context, id orchestration.LaneID, name string) (value string, err error) {
	l := s.lane(id)
	if err := l.enter(ctx); err != nil {
		return "", err
	}
	defer l.leave()
	if err := l.connect(ctx); err != nil {
		return "", err
	}
	err = l.conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value)
	return value, err
}

// BreakLane breaks a lane's connection under a commit that is in flight, as a network does.
func (s *Store) BreakLane(id orchestration.LaneID) { _ = s.lane(id).conn.PgConn().Conn().Close() }

// SetOnLane runs a statement in a lane's session.
func (s *Store) SetOnLane(id orchestration.LaneID, statement string) {
	if _, err := s.lane(id).conn.Exec(context.Background(), statement); err != nil {
		panic(err)
	}
}

// HoldLane takes a lane's turn until it is released.
func (s *Store) HoldLane(id orchestration.LaneID) (release func()) {
	l := s.lane(id)
	l.turn <- struct{}{}
	return l.leave
}
