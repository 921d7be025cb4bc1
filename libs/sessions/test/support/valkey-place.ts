import { randomUUID } from 'node:crypto';
import { Valkey } from '@lethe/valkey';
import { valkeySessionStore } from '../../src/index.js';
import { ValkeyItems } from '../../src/valkey/valkey-items.js';
import { ValkeyOwnerIndex } from '../../src/valkey/valkey-owner-index.js';
import { type StoreUnderTest } from './store-under-test.js';

/** A prefix of its own on the server at the URL. */
export async function valkeyPlace(url: string): Promise<StoreUnderTest> {
  const prefix = `test:${randomUUID()}:`;
  const replicas: Valkey[] = [];
  const connect = async () => {
    // Of no importance here, and the machine may be busy.
    const valkey = new Valkey({ url, timeoutMs: 10_000, connectTimeoutMs: 10_000 });
    replicas.push(valkey);
    await valkey.connect();
    return valkey;
  };
  const first = await connect();
  return {
    open: async (clock) => valkeySessionStore({ valkey: await connect(), prefix, clock }),
    parts: () => Promise.resolve({ items: new ValkeyItems(first, prefix), index: new ValkeyOwnerIndex(first, prefix) }),
    unreachable: () => valkeySessionStore({ valkey: new Valkey({ url }), prefix }),
    dump: async () => {
      const keys = await first.call<readonly string[]>(undefined, ['KEYS', `${prefix}s:*`]);
      const values = await Promise.all(keys.map((key) => first.call(key, ['HGETALL', key])));
      return JSON.stringify([keys, values]);
    },
    close: async () => {
      await Promise.all(replicas.map((valkey) => valkey.close()));
    },
  };
}
