import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from './system-error.js';

/** Ports given out lately: their takers may not have bound them yet. Pid-local by nature, so no replica misses it. */
const givenOut = new Map<number, number>();
const GIVEN_OUT_MS = 10_000;
/**
 * Below what systems give to outgoing connections (Linux from 32768, others from 49152): a server that dies and is started
 * again on its port must not find a connection there.
 */
const PICKED = { from: 20_000, to: 32_000 };
const PICK_ATTEMPTS = 1_000;

/** Whether nothing listens on the port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await listening;
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
  const closed = once(server, 'close');
  server.close();
  await closed;
  return true;
}

/** A free port of 127.0.0.1: `preferred` where it is free, or becomes free within `patienceMs`; else one that nobody got lately. */
export async function pickPort(preferred?: number, patienceMs = 0): Promise<number> {
  const deadline = performance.now() + patienceMs;
  const wanted = preferred ?? 0;
  for (let waiting = wanted !== 0; waiting; waiting = performance.now() < deadline) {
    if (await isPortFree(wanted)) return wanted;
    if (patienceMs > 0) await delay(20);
  }
  for (let attempt = 1; attempt <= PICK_ATTEMPTS; attempt += 1) {
    const port = randomInt(PICKED.from, PICKED.to);
    const now = performance.now();
    if (now - (givenOut.get(port) ?? -Infinity) < GIVEN_OUT_MS || !(await isPortFree(port))) continue;
    givenOut.set(port, now);
    return port;
  }
  throw new Error('there is no free port on 127.0.0.1');
}
