package peer

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/credentials"
)

// watched is a connection that notes when something last arrived, whatever it was: a large message on a slow line is a sign of life long before it is whole.
type watched struct {
	net.Conn
	begin time.Time
	last  atomic.Int64 // nanoseconds since begin
}

func watch(c net.Conn) *watched { return &watched{Conn: c, begin: time.Now()} }

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if n > 0 {
		w.last.Store(int64(time.Since(w.begin)))
	}
	return n, err
}

// silence is the time since something arrived.
func (w *watched) silence() time.Duration { return time.Since(w.begin) - time.Duration(w.last.Load()) }

// secured is the part of gRPC's transport that authenticates. It makes TLS of what the credentials are at that time, and lets the stream's handler get at
// the connection.
type secured struct {
	credentials *Credentials
	ended       context.Context // ends handshakes
	refused     func(remote net.Addr, err error)
}

// connected is what gRPC carries to the stream's handler.
type connected struct {
	credentials.AuthInfo
	conn *watched
}

// ServerHandshake implements credentials.TransportCredentials.
func (s *secured) ServerHandshake(raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	defer context.AfterFunc(s.ended, func() { _ = raw.Close() })()
	w := watch(raw)
	conn, info, err := credentials.NewTLS(s.credentials.server()).ServerHandshake(w)
	if err != nil {
		s.refused(raw.RemoteAddr(), err)
		return nil, nil, err
	}
	return conn, connected{info, w}, nil
}

// ClientHandshake implements credentials.TransportCredentials.
func (s *secured) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return credentials.NewTLS(s.credentials.client()).ClientHandshake(ctx, authority, raw)
}

// Info implements credentials.TransportCredentials.
func (s *secured) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}

// Clone implements credentials.TransportCredentials.
func (s *secured) Clone() credentials.TransportCredentials { return s }

// OverrideServerName implements credentials.TransportCredentials; names are not compared.
func (s *secured) OverrideServerName(string) error { return nil }

// seldom lets something happen at most once in a while: strangers must not be able to fill the log.
type seldom struct {
	every time.Duration
	mu    sync.Mutex
	last  time.Time
	held  int
}

// may tells whether now is a time for it, and how many times it was not since the last.
func (s *seldom) may() (held int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.last.IsZero() && now.Sub(s.last) < s.every {
		s.held++
		return 0, false
	}
	held, s.held, s.last = s.held, 0, now
	return held, true
}
