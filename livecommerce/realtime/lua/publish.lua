-- Number, keep and announce one event of a room, in one step.
-- KEYS  meta, log (commerce stream), chat (chat stream), channel
-- ARGV  lane ('c' commerce, 'h' chat, 'k' chat never to be thinned, 'p' private, 'f' figures: kept
--       in no stream), sender, body,
--       epoch to use if the room has none, log length, chat length, seconds to keep the room,
--       seconds to keep chat, chat lines shown a second (0: all)
-- Returns the sequence number.
local meta, log, chat, channel = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local lane, sender, body = ARGV[1], ARGV[2], ARGV[3]

local epoch = redis.call('HGET', meta, 'ep')
if not epoch then
  epoch = ARGV[4]
  redis.call('DEL', log, chat)
  redis.call('HSET', meta, 'ep', epoch)
end
local seq = redis.call('HINCRBY', meta, 'seq', 1)
-- The commerce event before this one: whoever did not see it knows that it missed something.
local previous = redis.call('HGET', meta, 'com') or '0'

local stream, length, seconds = chat, ARGV[6], ARGV[8]
if lane == 'c' then
  stream, length, seconds = log, ARGV[5], ARGV[7]
  redis.call('HSET', meta, 'com', seq)
elseif lane == 'k' then
  lane = 'h'
elseif lane ~= 'p' and lane ~= 'f' and tonumber(ARGV[9]) > 0 then
  -- Thin out by a hash of the line, decided here once, so that all processes drop the same.
  local now = redis.call('TIME')[1]
  local told = redis.call('HMGET', meta, 'sec', 'now', 'last')
  local count, last = tonumber(told[2] or '0'), tonumber(told[3] or '0')
  if told[1] ~= now then
    if told[1] == tostring(tonumber(now) - 1) then last = count else last = 0 end
    count = 0
  end
  count = count + 1
  redis.call('HSET', meta, 'sec', now, 'now', count, 'last', last)
  local rate = math.max(count, last)
  local rank = tonumber(string.sub(redis.sha1hex(body), 1, 6), 16) / 16777216
  if rank * rate >= tonumber(ARGV[9]) then lane = 's' end
end

local message = epoch .. ' ' .. seq .. ' ' .. previous .. ' ' .. lane .. ' ' .. sender .. '\n' .. body
if lane ~= 'f' then
  redis.call('XADD', stream, 'MAXLEN', length, seq .. '-0', 'm', message)
  redis.call('EXPIRE', stream, seconds)
end
redis.call('EXPIRE', meta, ARGV[7])
local heard = redis.pcall('SPUBLISH', channel, message)
if type(heard) == 'table' and heard.err then redis.call('PUBLISH', channel, message) end
return seq
