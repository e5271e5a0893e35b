package redis

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/tenuto-io/tenuto/orchestration"
	"github.com/tenuto-io/tenuto/orchestration/matching"
)

// layout is the version of keys, members and scores. Nodes of different layouts do not meet in Redis: their references expire and are sent again.
const layout = "1"

// names are those of the keys and channels of one installation.
type names struct{ prefix string }

func namesOf(installation string) names {
	return names{prefix: "tenuto:" + url.QueryEscape(installation) + ":" + layout + ":"} // escaped: no brace of it can be taken for a hash tag's
}

// The keys of a queue.
const (
	ready = ":ready" // sorted set of references
	idle  = ":idle"  // sorted set of nodes that are noted, by when the note lapses (ms)
	limit = ":limit" // state of the rate limit
	probe = ":probe" // written to see whether it can be
)

// queue is what all keys of a queue begin with. The part in braces is what a Cluster hashes, so that they are in one slot: up to the first closing brace,
// which may also be one in the queue's name.
func (n names) queue(key matching.Key) string {
	ns := key.Namespace.String()
	b := make([]byte, 0, len(n.prefix)+len(ns)+len(key.Name)+16)
	b = append(b, n.prefix...)
	b = append(b, '{')
	b = append(b, ns...)
	b = append(b, ':')
	b = strconv.AppendUint(b, uint64(key.Kind), 10)
	b = append(b, ':')
	b = append(b, key.Name...)
	b = append(b, '}')
	return string(b)
}

// parse reads which queue a key of references is of.
func (n names) parse(key string) (q matching.Key, ok bool) {
	text, ok := strings.CutPrefix(key, n.prefix+"{")
	if !ok {
		return q, false
	}
	if text, ok = strings.CutSuffix(text, "}"+ready); !ok {
		return q, false
	}
	ns, text, _ := strings.Cut(text, ":")
	kind, name, ok := strings.Cut(text, ":")
	id, errID := uuid.Parse(ns)
	k, errKind := strconv.ParseUint(kind, 10, 8)
	if !ok || errID != nil || errKind != nil {
		return q, false
	}
	return matching.Key{Namespace: orchestration.NamespaceID(id), Name: name, Kind: orchestration.TaskKind(k)}, true
}

// channels is what the channels of all nodes begin with; the node's id follows.
func (n names) channels() string { return n.prefix + "wake:" }

// own is the queue that stands for all of them when the server is probed.
func (n names) own() string { return n.prefix + "{}" }
