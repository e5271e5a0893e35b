-- KEYS: ready, idle. ARGV: how long references are kept (ms), how many at most, channel prefix, whether listeners are counted (1), then a score and a
-- member for each reference.
redis.call('ZADD', KEYS[1], 'NX', unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local over = redis.call('ZCARD', KEYS[1]) - ARGV[2]
if over > 0 then
  redis.call('ZREMRANGEBYRANK', KEYS[1], -over, -1)
end
wake(KEYS[2], KEYS[1], ARGV[3], ARGV[4] == '1', (#ARGV - 4) / 2)
