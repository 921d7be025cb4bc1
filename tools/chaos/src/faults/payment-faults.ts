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

/** Of 1. Every twentieth write is carried out and never answered, until the caller's time is up. */
const UNRELIABLE: Control = {
  latencyMs: 300,
  failureRate: 0.5,
  stallRate: 0.05,
  duplicateWebhooks: 0.5,
  lostWebhooks: 0.3,
  shuffledWebhooks: 0.5,
};

/**
 * Faults of the payment provider: answers that come too late or never, requests that fail before the charge or whose
 * answer is lost after it, in turn, webhooks that come twice, late or not at all, and a provider that dies.
 */
export const paymentFaults: readonly Fault[] = [
  { kind: 'timeout', target: 'payments', inflict: (ground) => misbehave(ground, UNRELIABLE) },
  {
    kind: 'kill',
    target: 'payments',
    inflict: async ({ store }) => {
      const pid = store.backing().find(({ name }) => name === 'payments')?.pid;
      return pid !== undefined && process.kill(pid, 'SIGKILL');
    },
  },
];
