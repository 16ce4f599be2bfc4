-- Where a room stands, and the events after a point; a room without an epoch is given one.
-- KEYS  meta, log, chat
-- ARGV  epoch to use if the room has none, seconds to keep the room,
--       commerce from this number on (-1: no events wanted), chat after this number
-- Returns {epoch, seq, last commerce seq, commerce messages, chat messages}.
local meta, log, chat = KEYS[1], KEYS[2], KEYS[3]
if redis.call('HSETNX', meta, 'ep', ARGV[1]) == 1 then redis.call('DEL', log, chat) end
redis.call('EXPIRE', meta, ARGV[2])
local at = redis.call('HMGET', meta, 'ep', 'seq', 'com')

local function from(stream, first, number)
  local messages = {}
  if tonumber(number) < 0 then return messages end
  for _, entry in ipairs(redis.call('XRANGE', stream, first .. number .. '-0', '+')) do
    messages[#messages + 1] = entry[2][2]
  end
  return messages
end

-- The event that the reader had last is read once more: is it still the same one?
return {
  at[1], tonumber(at[2] or '0'), tonumber(at[3] or '0'),
  from(log, '', ARGV[3]), from(chat, '(', ARGV[4])
}
