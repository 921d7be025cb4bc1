import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from './system-error.js';

/** Ports given out lately: their takers may not have bound them yet. Pid-local by nature, so no replica misses it. */
const givenOut = new Map<number, number>();
const GIVEN_OUT_MS = 10_000;

/** Binds and releases `port` (0: any) on 127.0.0.1; answers the port, or undefined where it is taken or not allowed. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen({ port, host: '127.0.0.1', exclusive: true });
    await listening;
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
  const { port: bound } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  server.close();
  await closed;
  return bound;
}

/** Whether nothing listens on the port of 127.0.0.1. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

/**
 * A free port of 127.0.0.1: `preferred` where it is free, or becomes free within `patienceMs`; else one that the system
 * picks and that nobody got lately.
 */
export async function pickPort(preferred?: number, patienceMs = 0): Promise<number> {
  const deadline = performance.now() + patienceMs;
  const wanted = preferred ?? 0;
  for (let waiting = wanted !== 0; waiting; waiting = performance.now() < deadline) {
    if (await isPortFree(wanted)) return wanted;
    if (patienceMs > 0) await delay(20);
  }
  for (;;) {
    const port = await tryPort(0);
    if (port === undefined) throw new Error('the system has no free port left on 127.0.0.1');
    const now = performance.now();
    if (now - (givenOut.get(port) ?? -Infinity) < GIVEN_OUT_MS) continue;
    givenOut.set(port, now);
    return port;
  }
}
