-- KEYS: the bucket. ARGV: interval between two tokens, tolerance, how far ahead a bucket lies that is empty and one that is overdrawn as far as can be (all in microseconds),
-- how many are wanted.
-- Answers how many were granted and, with none, in how many microseconds the next one comes. Generic cell rate algorithm.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval, tolerance, empty, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local function keep(arrival)
  redis.call('SET', KEYS[1], string.format('%.3f', arrival), 'PX', math.max(1, math.ceil((arrival - now) / 1000)))
end
local arrival = math.max(now, tonumber(redis.call('GET', KEYS[1]) or now))
if arrival > now + most then -- a debt of another rate, or of another server's clock, is not paid
  arrival = now + empty
  keep(arrival)
end
local room = now + tolerance - arrival
if room < 0 then
  return {0, math.ceil(-room)}
end
local n = math.min(tonumber(ARGV[5]), math.floor(room / interval) + 1)
arrival = arrival + n * interval
keep(arrival)
return {n, 0}
