package view

import (
	"time"

	"github.com/tenuto-io/tenuto/console/assets"
)

// AssetPrefix is the path that assets are served under.
const AssetPrefix = "/assets/"

// Frame is what the pages of a namespace show around their content.
type Frame struct {
	Namespace  string
	Namespaces []string // all that the reader may see, in order
	Now        time.Time
}

func assetURL(file string) string { return AssetPrefix + assets.Name(file) }
