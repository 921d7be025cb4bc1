import { type Clock } from '@lethe/kernel';
import { type Valkey, valkeyScript } from '@lethe/valkey';
import { type Counter, type RateLimitStore, type Tally } from './rate-limit-store.js';
import { grainOf } from './window-log.js';

/** Options of {@link ValkeyRateLimits}. */
export interface ValkeyRateLimitsOptions {
  readonly valkey: Valkey;
  /** Stands before every key; default `rate-limit:`. */
  readonly prefix?: string;
  /** For tests. Default: the server's clock, the same for all replicas (R36). */
  readonly clock?: Clock;
}

/**
 * The rules of window-log.ts on the server: a list of `time:count`, oldest first. ARGV: limit, window and grain in ms,
 * permits wanted, and the time in ms or nothing. Answers what was granted, what is out, and ms until the next comes back.
 */
const TAKE = valkeyScript(`
local limit, window, grain, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = tonumber(ARGV[5])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local out, back, oldest, last, together = 0, 0, nil, nil, 0
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local at, count = string.match(entry, '^(%d+):(%d+)$')
  at, count = tonumber(at), tonumber(count)
  if at <= now - window then
    back = back + 1
  else
    out, oldest, last, together = out + count, oldest or at, at, count
  end
end
local granted = math.max(0, math.min(wanted, limit - out))
if granted > 0 then
  if back > 0 then redis.call('LTRIM', KEYS[1], back, -1) end
  local at = math.max(now, last or 0)
  if last and math.floor(at / grain) == math.floor(last / grain) then
    redis.call('LSET', KEYS[1], -1, string.format('%.0f:%.0f', at, together + granted))
    if oldest == last then oldest = at end
  else
    redis.call('RPUSH', KEYS[1], string.format('%.0f:%.0f', at, granted))
    oldest = oldest or at
  end
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', at - now + window))
end
return { granted, out + granted, oldest and oldest + window - now or 0 }
`);

/** Counters in Valkey or Redis: one script per call, atomic on the server, and its clock for all. */
export class ValkeyRateLimits implements RateLimitStore {
  readonly #valkey: Valkey;
  readonly #prefix: string;
  readonly #clock: Clock | undefined;

  constructor({ valkey, prefix = 'rate-limit:', clock }: ValkeyRateLimitsOptions) {
    this.#valkey = valkey;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  /** Rejects with a ValkeyError. */
  take(counter: Counter, wanted: number): Promise<Tally> {
    return this.#run(counter, wanted);
  }

  peek(counter: Counter): Promise<Tally> {
    return this.#run(counter, 0);
  }

  async #run(counter: Counter, wanted: number): Promise<Tally> {
    const { id, limit, windowMs } = counter;
    const numbers = [limit, windowMs, grainOf(counter), wanted].map(String);
    const now = this.#clock === undefined ? '' : String(this.#clock.now());
    const [granted, used, nextMs] = await this.#valkey.run<[number, number, number]>(
      TAKE,
      [`${this.#prefix}${id}`],
      [...numbers, now],
    );
    return { granted, used, nextMs };
  }
}
