-- The rate limit of a queue is a token bucket in the form of GCRA. Its state is one number: the theoretical arrival time, in microseconds of the
-- server's clock, kept for as long as it lies ahead. interval is the time between tokens, tolerance how far ahead the arrival time may be for one more.

local function keep(key, arrival, now)
  redis.call('SET', key, string.format('%.3f', arrival), 'PX', math.max(1, math.ceil((arrival - now) / 1000)))
end

-- left tells how many tokens there are, the arrival time, and what time it is.
local function left(key, interval, tolerance)
  local t = redis.call('TIME')
  local now = t[1] * 1000000 + t[2]
  local arrival = math.max(now, tonumber(redis.call('GET', key) or now))
  if arrival > now + interval + tolerance then -- of another rate, or of another server's clock: such a debt is not paid
    arrival = now + interval + tolerance
    keep(key, arrival, now)
  end
  return math.max(0, math.floor((now + tolerance - arrival) / interval) + 1), arrival, now
end

-- spend takes n tokens.
local function spend(key, interval, arrival, now, n)
  if n > 0 then
    keep(key, arrival + n * interval, now)
  end
end
