-- wake tells nodes that are noted as idle for a queue that there is something: n of them, those that have waited longest, or all there are. A note is
-- used up by it. Where a node does not listen and the server can tell, the next one is told as well.
local function wake(idle, ready, channel, counted, n)
  local now
  while n > 0 do
    local note = redis.call('ZPOPMIN', idle)
    if #note == 0 then
      return
    end
    if not now then
      local t = redis.call('TIME')
      now = t[1] * 1000 + t[2] / 1000
    end
    if tonumber(note[2]) > now then
      local listeners = redis.call('PUBLISH', channel .. note[1], ready)
      if listeners > 0 or not counted then
        n = n - 1
      end
    end
  end
end
