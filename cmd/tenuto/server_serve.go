package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/tenuto-io/tenuto/orchestration/cluster"
	"github.com/tenuto-io/tenuto/platform/edge"
)

// How long a stop waits for what is under way. Long polls end at once, so little of this is ever spent.
const (
	drainTime    = 10 * time.Second // for each part, before it is cut off
	pagesTime    = time.Second      // for pages under way: nothing depends on them
	handOverTime = 30 * time.Second // for giving every shard to another node
)

// serve answers until ctx ends or a part fails, then closes everything.
func (s *server) serve(ctx context.Context) error {
	web := &http.Server{
		Handler: s.pages(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	pages := s.web
	if s.desk != nil && s.tls != nil {
		pages = tls.NewListener(s.web, pageTLS(s.tls))
	}
	s.atClose("gRPC server", s.drain)
	s.atClose("console", func(ctx context.Context) error { return shutDown(ctx, web) })
	if s.demo != nil {
		s.atClose("demo", s.demo.stop) // before the server that it is a client of
		s.demo.start(s.grpc.Addr())
	}
	parts, stopping := errgroup.WithContext(ctx)
	parts.Go(func() error { return named("gRPC server", unlessStopped(s.edge.Serve(s.grpc))) })
	parts.Go(func() error { return named("console", unlessStopped(web.Serve(pages))) })
	parts.Go(func() error { return s.untilLost(stopping) })
	parts.Go(func() error { return logRuntime(stopping, s.log) })
	if s.node != nil {
		s.node.Introduce(s.node.ID(), s.node) // from now on others are answered: everybody who handles something has said so
		s.node.exchange.Serve(s.engine.Queues())
		s.node.Run(s.engine)
		parts.Go(func() error { return named("peers", <-s.node.served) })
	}
	<-stopping.Done()
	s.log.Info("stopping")
	s.handOver()
	closed := s.close()
	return errors.Join(parts.Wait(), closed)
}

// pages are the console's, and administration for programs. What programs send is no business of the console's guard: they have credentials of their own.
func (s *server) pages() http.Handler {
	console, administration := s.console.Handler(), s.edge.Administration()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, edge.AdministrationPath) {
			administration.ServeHTTP(w, r)
			return
		}
		console.ServeHTTP(w, r)
	})
}

// untilLost returns nil when ctx ends, or before that the reason why this server must not go on: its shards are another's.
func (s *server) untilLost(ctx context.Context) error {
	var fenced <-chan struct{}
	if s.node != nil {
		fenced = s.node.Done()
	}
	select {
	case <-s.engine.Done():
		if ctx.Err() != nil {
			return nil // this process has closed it, before anybody looked
		}
		return named("the engine has stopped", s.engine.Err())
	case <-fenced:
		if errors.Is(s.node.Err(), cluster.ErrLeft) {
			return nil
		}
		return errors.New("another server has taken over from this one")
	case <-ctx.Done():
		return nil
	}
}

// handOver gives this node's shards to the others, if there are any, while it still answers and forwards what comes.
func (s *server) handOver() {
	if s.node == nil || len(s.node.Others()) == 0 || s.node.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), handOverTime)
	defer cancel()
	if err := s.node.Leave(ctx); err != nil {
		s.log.Warn("not everything was handed over; the others take it", "error", err)
	}
}

// drain lets calls finish. One that does not in time is cut off, which its client takes for a lost connection: nothing that was
// acknowledged is in danger, so it is no failure of the stop.
func (s *server) drain(ctx context.Context) error {
	if err := s.edge.Drain(ctx); err != nil {
		s.log.Warn("calls that did not finish were cut off", "after", drainTime)
	}
	return nil
}

// shutDown lets pages finish, and cuts off a browser that is in no hurry.
func shutDown(ctx context.Context, web *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, pagesTime)
	defer cancel()
	err := web.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return web.Close()
	}
	return err
}

// close ends all parts, the last opened first. Every part is ended, whatever another one says or takes.
func (s *server) close() error {
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		errs = append(errs, named(c.what, c.end(ctx)))
		cancel()
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
