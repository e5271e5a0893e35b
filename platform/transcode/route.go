package transcode

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// route is one method with its form in HTTP.
type route struct {
	verb    string
	path    []segment
	body    bool   // the request has the message as its body
	method  string // "/tenuto.admin.v1.TenantService/GetTenant"
	request protoreflect.MessageType
}

// segment is a part of a path between slashes: a text, or the field that it sets.
type segment struct {
	text  string
	field protoreflect.FieldDescriptor
}

// routesOf are the routes of a service's methods.
func routesOf(s protoreflect.ServiceDescriptor) (all []route, err error) {
	for i := range s.Methods().Len() {
		r, err := routeOf(s.Methods().Get(i))
		if err != nil {
			return nil, fmt.Errorf("transcode: %s: %w", s.Methods().Get(i).FullName(), err)
		}
		all = append(all, r)
	}
	return all, nil
}

func routeOf(m protoreflect.MethodDescriptor) (r route, err error) {
	rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
	pattern := ""
	switch p := rule.GetPattern().(type) {
	case *annotations.HttpRule_Get:
		r.verb, pattern = http.MethodGet, p.Get
	case *annotations.HttpRule_Put:
		r.verb, pattern = http.MethodPut, p.Put
	case *annotations.HttpRule_Post:
		r.verb, pattern = http.MethodPost, p.Post
	case *annotations.HttpRule_Delete:
		r.verb, pattern = http.MethodDelete, p.Delete
	case *annotations.HttpRule_Patch:
		r.verb, pattern = http.MethodPatch, p.Patch
	default:
		return r, fmt.Errorf("it has no form in HTTP that is known here")
	}
	if rule.GetBody() != "" && rule.GetBody() != "*" || len(rule.GetAdditionalBindings()) > 0 || m.IsStreamingClient() || m.IsStreamingServer() {
		return r, fmt.Errorf("its form in HTTP is none that is known here")
	}
	r.body = rule.GetBody() == "*"
	r.method = "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
	if r.request, err = protoregistry.GlobalTypes.FindMessageByName(m.Input().FullName()); err != nil {
		return r, err
	}
	r.path, err = segmentsOf(pattern, m.Input())
	return r, err
}

func segmentsOf(pattern string, m protoreflect.MessageDescriptor) (all []segment, err error) {
	for text := range strings.SplitSeq(strings.TrimPrefix(pattern, "/"), "/") {
		name, ok := strings.CutPrefix(text, "{")
		if !ok {
			all = append(all, segment{text: text})
			continue
		}
		name, _ = strings.CutSuffix(name, "}")
		f := m.Fields().ByName(protoreflect.Name(name))
		if f == nil || f.Kind() != protoreflect.StringKind || f.Cardinality() == protoreflect.Repeated {
			return nil, fmt.Errorf("%s of its path is no field with a text", text)
		}
		all = append(all, segment{field: f})
	}
	return all, nil
}

// match reads the fields that an escaped path sets; ok is false for a path of another route.
func (r route) match(path string) (set map[protoreflect.FieldDescriptor]string, ok bool) {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) != len(r.path) {
		return nil, false
	}
	set = map[protoreflect.FieldDescriptor]string{}
	for i, s := range r.path {
		text, err := url.PathUnescape(parts[i])
		switch {
		case err != nil:
			return nil, false
		case s.field == nil && s.text != text:
			return nil, false
		case s.field != nil && text == "":
			return nil, false
		case s.field != nil:
			set[s.field] = text
		}
	}
	return set, true
}
