import { valkeyScript } from '@lethe/valkey';

/*
 * KEYS: entry, lease and, where the entry has a tag, the tag's generation: all of one hash slot. An entry is a hash of
 * p (payload), f (millisecond until which it is fresh) and g (generation in which its load began). A lease is a string
 * token|millisecond at which it was given|generation. Every time is the server's.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = KEYS[3] and redis.call('GET', KEYS[3]) or ''
`;
/** Leaves `token`, `given` and `era` of the lease, all nil without one. */
const LEASE = `
local token, given, era = string.match(redis.call('GET', KEYS[2]) or '', '^([^|]+)|(%d+)|(.*)$')
`;

/** ARGV: token, milliseconds of a lease. 0 payload: fresh, 1: stale, 2: stale and leased, 3: leased, 4 token: awaited. */
export const LOOK = valkeyScript(`${NOW}
local entry = redis.call('HMGET', KEYS[1], 'p', 'f', 'g')
local known = entry[1] and entry[3] == generation
if known and now < tonumber(entry[2]) then return {0, entry[1]} end
${LEASE}
if token and era == generation then
  if known then return {1, entry[1]} end
  return {4, token}
end
redis.call('SET', KEYS[2], ARGV[1] .. '|' .. string.format('%.0f', now) .. '|' .. generation, 'PX', ARGV[2])
if known then return {2, entry[1]} end
return {3, ''}
`);

/** ARGV: token, payload, milliseconds of freshness and of life since the lease was given. 1 where it was kept. */
export const PUT = valkeyScript(`${NOW}${LEASE}
if token ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
local left = tonumber(given) + tonumber(ARGV[4]) - now
if era ~= generation or left <= 0 then return 0 end
redis.call('HSET', KEYS[1], 'p', ARGV[2], 'f', string.format('%.0f', tonumber(given) + tonumber(ARGV[3])), 'g', generation)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', left))
return 1
`);

/** ARGV: token. */
export const RELEASE = valkeyScript(`${LEASE}
if token ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[2])
`);
