package oidc

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"golang.org/x/oauth2"
)

// Errors of a provider.
var (
	// ErrUnreachable: the provider does not answer, or not as a provider does. It may later.
	ErrUnreachable = errors.New("the identity provider cannot be reached")
	// ErrDenied: the provider does not vouch for the person.
	ErrDenied = errors.New("the identity provider refuses")
	// ErrUntrusted: what the provider, or somebody in its name, says of the person cannot be believed.
	ErrUntrusted = errors.New("the answer of the identity provider cannot be trusted")
)

const (
	askTime   = 10 * time.Second // for one request
	maxAnswer = 1 << 20          // bytes: room for thousands of groups
)

// careful is a client for providers: it waits so long and reads so much, and follows no redirect, which could carry a secret to somebody else.
func careful(c *http.Client) *http.Client {
	transport := http.DefaultTransport
	if c != nil && c.Transport != nil {
		transport = c.Transport
	}
	return &http.Client{
		Transport: bounded{transport}, Timeout: askTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded reads so much of an answer and no more: a longer one is cut, and then is no JSON.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// word is what an error code of OAuth looks like.
var word = regexp.MustCompile(`^[a-z_]{1,64}$`)

// harmless is what may be told of an error: who failed and how, nothing of what was sent or answered.
func harmless(err error) error {
	var answer *oauth2.RetrieveError
	var network *url.Error
	switch {
	case errors.As(err, &answer):
		if word.MatchString(answer.ErrorCode) {
			return errors.New("it answered " + answer.ErrorCode)
		}
		return errors.New("it answered with an error")
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("it did not answer in time")
	case errors.As(err, &network):
		return network.Err // without the URL, whose query may hold a code
	}
	return errors.New("its answer is not of the expected form")
}
