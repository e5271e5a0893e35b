package redis

import (
	"crypto/sha1" // how Redis names scripts
	_ "embed"     // the scripts
	"encoding/hex"
)

var (
	//go:embed lua/wake.lua
	wakeLua string
	//go:embed lua/limit.lua
	limitLua string
	//go:embed lua/publish.lua
	publishLua string
	//go:embed lua/pop.lua
	popLua string
	//go:embed lua/tokens.lua
	tokensLua string
	//go:embed lua/probe.lua
	probeLua string
)

// The scripts. Each touches the keys of one queue only, which are in one slot of a Cluster.
var (
	publishScript = newScript(wakeLua + publishLua)
	popScript     = newScript(wakeLua + limitLua + popLua)
	tokensScript  = newScript(limitLua + tokensLua)
	probeScript   = newScript(probeLua)
)

type script struct{ text, hash string }

func newScript(text string) *script {
	sum := sha1.Sum([]byte(text))
	return &script{text: text, hash: hex.EncodeToString(sum[:])}
}
