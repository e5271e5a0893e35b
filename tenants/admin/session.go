package admin

import (
	"context"
	"fmt"

	adminv1 "github.com/tenuto-io/tenuto/proto/tenuto/admin/v1"
	"github.com/tenuto-io/tenuto/tenants"
)

// Sessions knows where people are signed in, and ends that on every node.
type Sessions interface {
	// Sessions are those of a person that are not over, the one used last first.
	Sessions(ctx context.Context, person tenants.HolderID) ([]tenants.Session, error)
	// EndOne ends one session of a person, by its name. It is no error when there is no such session any more.
	EndOne(ctx context.Context, person tenants.HolderID, ref string) error
	// EndAll ends all sessions that a person has.
	EndAll(ctx context.Context, person tenants.HolderID) error
}

// nobodyIn knows of no session: people do not sign in by providers here.
type nobodyIn struct{}

func (nobodyIn) Sessions(context.Context, tenants.HolderID) ([]tenants.Session, error) {
	return nil, nil
}
func (nobodyIn) EndOne(context.Context, tenants.HolderID, string) error { return nil }
func (nobodyIn) EndAll(context.Context, tenants.HolderID) error         { return nil }

// ListSessions implements adminv1.SessionServiceServer.
func (s *Service) ListSessions(ctx context.Context, r *adminv1.ListSessionsRequest) (*adminv1.ListSessionsResponse, error) {
	p, err := s.person(ctx, r.GetPerson())
	if err != nil {
		return nil, err
	}
	all, err := s.sessions.Sessions(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	out := &adminv1.ListSessionsResponse{}
	for _, v := range all {
		out.Sessions = append(out.Sessions, &adminv1.Session{
			Id: v.Ref(), Provider: v.Provider, Address: v.Address, Agent: v.Agent,
			CreateTime: timeAnswer(v.Created), LastSeenTime: timeAnswer(v.Seen), ExpireTime: timeAnswer(v.Expires),
		})
	}
	return out, nil
}

// EndSession implements adminv1.SessionServiceServer.
func (s *Service) EndSession(ctx context.Context, r *adminv1.EndSessionRequest) (*adminv1.EndSessionResponse, error) {
	p, err := s.person(ctx, r.GetPerson())
	switch {
	case err != nil:
		return nil, err
	case r.GetSession() == "":
		return nil, invalid("The session is not set.")
	}
	return &adminv1.EndSessionResponse{}, s.sessions.EndOne(ctx, p.ID, r.GetSession())
}

// EndSessions implements adminv1.SessionServiceServer.
func (s *Service) EndSessions(ctx context.Context, r *adminv1.EndSessionsRequest) (*adminv1.EndSessionsResponse, error) {
	p, err := s.person(ctx, r.GetPerson())
	if err != nil {
		return nil, err
	}
	return &adminv1.EndSessionsResponse{}, s.sessions.EndAll(ctx, p.ID)
}

// person finds a person of the installation. Errors: InvalidArgument, NotFound.
func (s *Service) person(ctx context.Context, text string) (tenants.Person, error) {
	id, err := personID(text)
	if err != nil {
		return tenants.Person{}, err
	}
	p, ok, err := s.access.PersonByID(ctx, id)
	switch {
	case err != nil:
		return p, fmt.Errorf("read a person: %w", err)
	case !ok:
		return p, missing("Person %s", text)
	}
	return p, nil
}
