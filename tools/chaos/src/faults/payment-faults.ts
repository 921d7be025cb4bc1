import { setTimeout as delay } from 'node:timers/promises';
import { below } from '../random.js';
import type { Fault, Ground } from './fault.js';

/** What the provider's simulator is told by its `/control`. */
type Control = Readonly<Record<string, number>>;

async function control(paymentUrl: string, settings: Control): Promise<boolean> {
  try {
    const answer = await fetch(`${paymentUrl}/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(settings),
      signal: AbortSignal.timeout(5_000),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch (error) {
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return false;
    throw error;
  }
}

/** Lets the provider misbehave for a while, and behave again. */
async function misbehave({ store, chance }: Ground, settings: Control): Promise<boolean> {
  if (!(await control(store.paymentUrl, settings))) return false;
  await delay(1_000 + below(chance, 3_000));
  const well = Object.fromEntries(Object.keys(settings).map((name) => [name, 0]));
  while (!(await control(store.paymentUrl, well))) await delay(100);
  return true;
}

/**
 * Faults of the payment provider: answers that come too late, requests that fail before the charge or whose answer is
 * lost after it, in turn, and a provider that dies.
 */
export const paymentFaults: readonly Fault[] = [
  { kind: 'timeout', target: 'payments', inflict: (ground) => misbehave(ground, { failureRate: 0.5, latencyMs: 300 }) },
  {
    kind: 'kill',
    target: 'payments',
    inflict: async ({ store }) => {
      const pid = store.backing().find(({ name }) => name === 'payments')?.pid;
      return pid !== undefined && process.kill(pid, 'SIGKILL');
    },
  },
];
