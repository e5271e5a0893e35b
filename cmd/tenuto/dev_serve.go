package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// drainTime is how long a stop waits for calls and commits under way before it cuts them off. Long polls end at once, so this is only
// ever spent on a disk that hangs.
const drainTime = 10 * time.Second

// serve answers until ctx ends or a part fails, then closes everything.
func (s *devServer) serve(ctx context.Context) error {
	web := &http.Server{
		Handler: s.console.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.atClose("gRPC server", s.edge.Drain)
	s.atClose("console", web.Shutdown)
	if s.demo != nil {
		s.atClose("demo", s.demo.stop) // before the server that it is a client of
		s.demo.start(s.grpc.Addr())
	}
	parts, stopping := errgroup.WithContext(ctx)
	parts.Go(func() error { return named("gRPC server", unlessStopped(s.edge.Serve(s.grpc))) })
	parts.Go(func() error { return named("console", unlessStopped(web.Serve(s.web))) })
	parts.Go(func() error {
		select {
		case <-s.engine.Done():
			return named("engine", s.engine.Err())
		case <-stopping.Done():
			return nil
		}
	})
	<-stopping.Done()
	s.log.Info("stopping")
	closed := s.close()
	return errors.Join(parts.Wait(), closed)
}

// close ends all parts, the last opened first, within drainTime. Every part is ended, whatever another one says.
func (s *devServer) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		errs = append(errs, named(c.what, c.end(ctx)))
	}
	s.closers = nil
	return errors.Join(errs...)
}

// unlessStopped forgives what servers return that were stopped, also before they had begun.
func unlessStopped(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return err
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// closeListener closes a listener that its server may have closed already.
func closeListener(l net.Listener) error {
	if err := l.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}
