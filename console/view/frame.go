package view

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tenuto-io/tenuto/console/assets"
)

// AssetPrefix is the path that assets are served under.
const AssetPrefix = "/assets/"

// Place is a namespace of a tenant, as addresses name it.
type Place struct {
	Tenant    string
	Namespace string
}

// Bar is what every page for somebody signed in shows above its content.
type Bar struct {
	Name   string // of the reader, who has a profile; "": one who has none
	Stream string // address of the events that end when the reader may not see the page any more; "": none
}

// Frame is what the pages of a namespace show around their content.
type Frame struct {
	Place
	Bar        Bar
	Section    Section  // that the menu marks
	Done       Done     // by the form that led here
	Codec      Codec    // that this page may ask
	Namespaces []string // of the tenant, all that the reader may see, in order
	Now        time.Time
}

// Codec is the codec server that a page's browser asks; the zero one is none.
type Codec struct {
	Endpoint    string
	Credentials bool // the browser's own, for the codec
}

// at is another namespace of the same tenant.
func (f Frame) at(namespace string) Place { return Place{f.Tenant, namespace} }

// htmxConfig has htmx keep to the content policy, and keep no page in the browser's storage: what its reader may see can end.
const htmxConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true}`

// unattended are the headers of what a page asks for by itself: it is no sign that its reader is there.
const unattended = `{"Unattended":"true"}`

// living are the attributes of a part of a page that is asked for again, at its page's address, when the page's stream says that something has changed.
// Others are the ids of parts that come with it, in one request.
func living(id, address string, others ...string) templ.Attributes {
	a := templ.Attributes{
		"id": id, "data-living": true, "hx-get": address, "hx-trigger": "changed from:body", "hx-select": "#" + id, "hx-swap": "outerHTML", "hx-headers": unattended,
	}
	if len(others) > 0 {
		a["hx-select-oob"] = "#" + strings.Join(others, ",#")
	}
	return a
}

func assetURL(file string) string { return AssetPrefix + assets.Name(file) }
