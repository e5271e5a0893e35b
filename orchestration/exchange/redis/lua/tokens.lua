-- KEYS: the state of the rate limit. ARGV: how many tokens, interval, tolerance. Answers how many were granted.
local n, arrival, now = left(KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
n = math.min(n, tonumber(ARGV[1]))
spend(KEYS[1], tonumber(ARGV[2]), arrival, now, n)
return n
