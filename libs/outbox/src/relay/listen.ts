import { Logger } from '@nestjs/common';
import type { Database } from '@lethe/database';
import { fullJitter, pause } from '@lethe/kernel';
import { CHANNEL } from '../outbox.sql.js';
import type { Wake } from './wake.js';

const RECONNECT = { base: 200, cap: 30_000 };

/**
 * Hears the notifications of other processes until aborted, on a connection of its own. A lost connection is made anew
 * with backoff; what was said meanwhile is not repeated, so that each new connection begins with a look for work.
 */
export async function listenForPeers(database: Database, bell: Wake, signal: AbortSignal): Promise<void> {
  const logger = new Logger('Relay');
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  for (let failures = 1; !signal.aborted; failures += 1) {
    try {
      await database.withConnection(async (client) => {
        client.on('notification', ({ payload }) => {
          if (payload !== bell.origin) bell.hear();
        });
        await client.query(`LISTEN ${CHANNEL}`);
        failures = 0;
        bell.hear();
        await aborted;
      });
    } catch (error) {
      logger.warn(`lost the connection that hears other relays, polling meanwhile: ${String(error)}`);
      await pause(fullJitter(failures, RECONNECT), signal);
    }
  }
}
