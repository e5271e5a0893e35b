package transcode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// maxBody is the largest body of a request, in bytes.
const maxBody = 1 << 20

// Call answers a method, by its full name as gRPC has it. An error is made a status by status.Convert.
type Call func(ctx context.Context, method string, request proto.Message) (proto.Message, error)

// Handler answers what the annotations say. It is safe for concurrent use.
type Handler struct {
	routes []route
	call   Call
}

// New makes a Handler of services. Errors: an annotation that it does not know.
func New(call Call, services ...protoreflect.ServiceDescriptor) (*Handler, error) {
	h := &Handler{call: call}
	for _, s := range services {
		all, err := routesOf(s)
		if err != nil {
			return nil, err
		}
		h.routes = append(h.routes, all...)
	}
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store") // an answer may have a secret
	answer, err := h.answer(w, r)
	if err != nil {
		writeError(w, err)
		return
	}
	text, err := protojson.MarshalOptions{EmitDefaultValues: true}.Marshal(answer)
	if err != nil {
		writeError(w, err)
		return
	}
	var even bytes.Buffer // protojson varies its spaces
	if err := json.Compact(&even, text); err != nil {
		writeError(w, err)
		return
	}
	even.WriteByte('\n')
	_, _ = even.WriteTo(w) // who has hung up misses it
}

func (h *Handler) answer(w http.ResponseWriter, r *http.Request) (proto.Message, error) {
	route, set, err := h.find(w, r)
	if err != nil {
		return nil, err
	}
	request := route.request.New()
	if route.body {
		err = readBody(w, r, request.Interface())
	} else {
		err = readQuery(r.URL.Query(), request)
	}
	if err != nil {
		return nil, err
	}
	for field, text := range set {
		if !utf8.ValidString(text) {
			return nil, invalid("%s in the path is no valid UTF-8.", field.Name())
		}
		request.Set(field, protoreflect.ValueOfString(text))
	}
	return h.call(r.Context(), route.method, request.Interface())
}

// find is the route of a request, and the fields that its path sets.
func (h *Handler) find(w http.ResponseWriter, r *http.Request) (route, map[protoreflect.FieldDescriptor]string, error) {
	var verbs []string
	for _, route := range h.routes {
		set, ok := route.match(r.URL.EscapedPath())
		switch {
		case ok && route.verb == r.Method:
			return route, set, nil
		case ok:
			verbs = append(verbs, route.verb)
		}
	}
	if verbs == nil {
		return route{}, nil, status.Error(codes.NotFound, "There is no such page.")
	}
	slices.Sort(verbs)
	w.Header().Set("Allow", strings.Join(slices.Compact(verbs), ", "))
	return route{}, nil, errVerb
}

// errVerb is answered to a method of HTTP that a page does not have. gRPC has no code for it.
var errVerb = errors.New("the page does not have that method")

// readBody reads a message from a body of JSON; an empty body is an empty message.
func readBody(w http.ResponseWriter, r *http.Request, m proto.Message) error {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return invalid("The body has more than %d bytes.", maxBody)
	case err != nil:
		return invalid("The body could not be read to its end.")
	case len(text) == 0:
		return nil
	}
	// A page of another site can post forms and text without asking, but not this.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return invalid("The body must be JSON, and the header Content-Type say application/json.")
	}
	if err := protojson.Unmarshal(text, m); err != nil {
		return invalid("The body is no request of this kind: %s.", reason(err))
	}
	return nil
}

// reason is why a text is no message, in words that do not vary.
func reason(err error) string {
	text := strings.ReplaceAll(err.Error(), "\u00a0", " ") // protobuf varies its spaces so that nobody depends on its words
	return strings.TrimSpace(strings.TrimPrefix(text, "proto:"))
}

func invalid(format string, args ...any) error {
	return status.Error(codes.InvalidArgument, fmt.Sprintf(format, args...))
}
