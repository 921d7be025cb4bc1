import { valkeyScript } from '@lethe/valkey';

// A session is a hash under one key; each script uses that key alone, so that a cluster runs it. A grave is a hash with
// the field `gone`. Times come from the caller, whose clock also judges reads; PEXPIRE, which is relative, only sweeps.

const FIELDS = `'id', 'owner', 'json', 'version', 'createdAt', 'touchedAt', 'expiresAt', 'endsAt'`;

// Numbers that a script hands to a command are written with 17 digits, which costs more than the command: texts are not.

/**
 * KEYS: session. ARGV: now, touchedAt, expiresAt, ms from now to that. Answers the fields, or nothing where no session
 * lives.
 */
export const touchScript = valkeyScript(`
local item = redis.call('HMGET', KEYS[1], ${FIELDS})
local now, expires, ends = tonumber(ARGV[1]), tonumber(item[7] or '0'), tonumber(item[8] or '0')
if not item[1] or expires <= now or ends <= now then return false end
if tonumber(ARGV[3]) > expires then
  redis.call('HSET', KEYS[1], 'touchedAt', ARGV[2], 'expiresAt', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) <= ends and ARGV[4] or ends - now)
  item[6], item[7] = ARGV[2], ARGV[3]
end
return item
`);

/** As {@link touchScript} for whoever knows the fields: it reads two of them and answers nothing. */
export const extendScript = valkeyScript(`
local item = redis.call('HMGET', KEYS[1], 'expiresAt', 'endsAt')
local now, expires, ends = tonumber(ARGV[1]), tonumber(item[1] or '0'), tonumber(item[2] or '0')
if expires <= now or ends <= now or tonumber(ARGV[3]) <= expires then return false end
redis.call('HSET', KEYS[1], 'touchedAt', ARGV[2], 'expiresAt', ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) <= ends and ARGV[4] or ends - now)
return false
`);

/**
 * KEYS: session. ARGV: now, version and owner expected ('' for no session, and for no owner), then id, owner, json,
 * createdAt, touchedAt, expiresAt, endsAt. Answers the new version, or nothing where the expectation does not hold.
 */
export const writeScript = valkeyScript(`
local old = redis.call('HMGET', KEYS[1], 'gone', 'owner', 'version', 'expiresAt', 'endsAt')
local now = tonumber(ARGV[1])
local living = old[4] and tonumber(old[4]) > now and (old[1] or tonumber(old[5]) > now)
local version = 1
if ARGV[2] == '' then
  if living then return false end
else
  if not living or old[3] ~= ARGV[2] or (old[2] or '') ~= ARGV[3] then return false end
  version = tonumber(old[3]) + 1
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', ARGV[4], 'json', ARGV[6], 'version', version, 'createdAt', ARGV[7],
  'touchedAt', ARGV[8], 'expiresAt', ARGV[9], 'endsAt', ARGV[10])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'owner', ARGV[5]) end
redis.call('PEXPIRE', KEYS[1], math.max(1, math.min(tonumber(ARGV[9]), tonumber(ARGV[10])) - now))
return version
`);

/** KEYS: session. Answers the fields of what was removed. */
export const removeScript = valkeyScript(`
if redis.call('HEXISTS', KEYS[1], 'gone') == 1 then return false end
local item = redis.call('HMGET', KEYS[1], ${FIELDS})
if not item[1] then return false end
redis.call('DEL', KEYS[1])
return item
`);

/** KEYS: session. ARGV: owner, until, now. Answers 0 where another's lies there, else the fields of what did. */
export const buryScript = valkeyScript(`
local item = redis.call('HMGET', KEYS[1], ${FIELDS})
if item[1] and item[2] ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'gone', '1', 'expiresAt', ARGV[2])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) - tonumber(ARGV[3]))
return item[1] and item or false
`);

/** KEYS: index of an owner. ARGV: id, now, ms to keep it. Answers how many ids there are. */
export const addToIndexScript = valkeyScript(`
redis.call('ZADD', KEYS[1], 'NX', ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return redis.call('ZCARD', KEYS[1])
`);
