package redis

import goredis "github.com/redis/go-redis/v9"

// Each script touches the keys of one queue. Times are Redis's own, in microseconds.
const now = `local t = redis.call('TIME') local now = t[1] * 1000000 + t[2] `

// takeTokens sets n to how many of n wanted tasks the rate lets pass; ARGV[1..3] are n, the interval between tasks in µs (0: no limit), and how much
// unused time may be saved. wait is how long until the next token.
const takeTokens = `local n, interval, saved = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) local tat, wait = 0, 0
if interval > 0 then
	tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
	local free = math.floor((saved - (tat - now)) / interval) + 1
	if free < n then n = math.max(free, 0) wait = tat - now - saved + n * interval end
end `

const spendTokens = `if interval > 0 and spent > 0 then
	tat = tat + spent * interval
	redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', string.format('%.0f', math.ceil((tat - now) / 1000) + 1000))
end `

var (
	// KEYS: references, idle nodes. ARGV: life of references in ms, this node, start of channels, queue, then score and member of each.
	publish = goredis.NewScript(now + `
for i = 5, #ARGV, 2 do redis.call('ZADD', KEYS[1], 'NX', ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now / 1000))
local wanted = (#ARGV - 4) / 2
for _, node in ipairs(redis.call('ZRANGE', KEYS[2], 0, wanted)) do
	if wanted > 0 and node ~= ARGV[2] then
		wanted = wanted - 1
		redis.call('ZREM', KEYS[2], node)
		redis.call('PUBLISH', ARGV[3] .. node, ARGV[4])
	end
end
return 0`)

	// KEYS: tokens, references, idle nodes. ARGV: as takeTokens, then this node, how long it waits in ms. Returns the wait for a token in µs, then members.
	pop = goredis.NewScript(now + takeTokens + `
local got, spent = {}, 0
if n > 0 then
	for i, v in ipairs(redis.call('ZPOPMIN', KEYS[2], n)) do if i % 2 == 1 then spent = spent + 1 got[spent] = v end end
end
` + spendTokens + `
if spent < n then wait = 0 end
if spent < tonumber(ARGV[1]) then
	redis.call('ZADD', KEYS[3], string.format('%.0f', now / 1000 + ARGV[5]), ARGV[4])
	redis.call('PEXPIRE', KEYS[3], ARGV[5])
end
return {wait, got}`)

	// KEYS: tokens. ARGV: as takeTokens. Returns how many were taken.
	tokens = goredis.NewScript(now + takeTokens + `local spent = n ` + spendTokens + `return spent`)
)
