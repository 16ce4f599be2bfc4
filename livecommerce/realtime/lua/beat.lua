-- One process's word about one room, once a second: who is here, what was counted.
-- KEYS  meta, log, chat, here (sorted set: person -> until when), count (hash)
-- ARGV  epoch to use if the room has none, seconds to keep the room, seconds to keep counters,
--       seconds a person stays without news, seconds a person stays after leaving,
--       how many people are here, those people…, how many left, those people…,
--       then counter names and what to add…
-- Returns {epoch, seq, last commerce seq, viewers, {counter, value, …}}.
local meta, log, chat, here, count = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('HSETNX', meta, 'ep', ARGV[1]) == 1 then redis.call('DEL', log, chat) end
redis.call('EXPIRE', meta, ARGV[2])
local now = tonumber(redis.call('TIME')[1])

local at = 6
local function people(condition, seconds)
  local until_when = now + tonumber(seconds)
  local last = at + tonumber(ARGV[at])
  for i = at + 1, last do redis.call('ZADD', here, condition, until_when, ARGV[i]) end
  at = last + 1
end
people('GT', ARGV[4])
people('XX', ARGV[5])
redis.call('ZREMRANGEBYSCORE', here, '-inf', '(' .. now)
redis.call('EXPIRE', here, ARGV[3])
local viewers = redis.call('ZCARD', here)

for i = at, #ARGV, 2 do redis.call('HINCRBY', count, ARGV[i], ARGV[i + 1]) end
if viewers > tonumber(redis.call('HGET', count, 'peak') or '0') then
  redis.call('HSET', count, 'peak', viewers)
end
redis.call('EXPIRE', count, ARGV[3])

local where = redis.call('HMGET', meta, 'ep', 'seq', 'com')
return {
  where[1], tonumber(where[2] or '0'), tonumber(where[3] or '0'), viewers, redis.call('HGETALL', count)
}
