-- KEYS: ready, idle, and if there is a rate limit, its state. ARGV: how many references, the node, channel prefix, whether listeners are counted (1), how
-- long a note holds (ms), and if there is a rate limit, interval and tolerance. Answers 1 if some are left that the rate limit holds back, else 0, and then
-- members, best first.
local wanted = tonumber(ARGV[1])
local tokens, arrival, now = wanted + 1, nil, nil
if KEYS[3] then
  tokens, arrival, now = left(KEYS[3], tonumber(ARGV[6]), tonumber(ARGV[7]))
end
local most, got, held = math.min(wanted, tokens), {}, 0
if most > 0 then
  local popped = redis.call('ZPOPMIN', KEYS[1], most)
  for i = 1, #popped, 2 do
    got[#got + 1] = popped[i]
  end
  if KEYS[3] then
    spend(KEYS[3], tonumber(ARGV[6]), arrival, now, #got)
  end
end
local short = #got < wanted
if short and #got == most and redis.call('EXISTS', KEYS[1]) == 1 then
  held = 1
elseif short then
  -- Nothing is left: this node is told when there is something.
  local t = redis.call('TIME')
  redis.call('ZADD', KEYS[2], string.format('%.0f', t[1] * 1000 + t[2] / 1000 + ARGV[5]), ARGV[2])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
elseif redis.call('EXISTS', KEYS[2]) == 1 then
  -- This node has all it wants, others wait. What is left is theirs: whoever was woken for it may have wanted less.
  redis.call('ZREM', KEYS[2], ARGV[2])
  if tokens > #got and redis.call('EXISTS', KEYS[1]) == 1 then
    wake(KEYS[2], KEYS[1], ARGV[3], ARGV[4] == '1', 1)
  end
end
return {held, unpack(got)}
