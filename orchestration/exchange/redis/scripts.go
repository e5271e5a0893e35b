package redis

import (
	_ "embed" // the scripts

	goredis "github.com/redis/go-redis/v9"
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
	publishScript = goredis.NewScript(wakeLua + publishLua)
	popScript     = goredis.NewScript(wakeLua + limitLua + popLua)
	tokensScript  = goredis.NewScript(limitLua + tokensLua)
	probeScript   = goredis.NewScript(probeLua)
)
