-- Begin a new epoch, so that everyone fetches a fresh snapshot: events were lost for good.
-- KEYS  meta, log, chat, channel
-- ARGV  the epoch to end ('' for whichever), the new epoch, seconds to keep the room
-- Returns 1 if the epoch was ended, 0 if somebody else had done it already.
local epoch = redis.call('HGET', KEYS[1], 'ep')
if ARGV[1] ~= '' and epoch ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'ep', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
local message = ARGV[2] .. ' 0 0 r -\n'
local heard = redis.pcall('SPUBLISH', KEYS[4], message)
if type(heard) == 'table' and heard.err then redis.call('PUBLISH', KEYS[4], message) end
return 1
