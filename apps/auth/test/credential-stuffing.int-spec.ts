import { randomInt, randomUUID } from 'node:crypto';
import { AwsClients } from '@lethe/aws';
import { describeWithValkey } from '@lethe/local-cloud';
import { provisionTable } from '@lethe/aws/provision';
import { ageCounters } from '@lethe/rate-limits/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';

const LEAKED = 'a password from a leaked list';
const FIVE_MINUTES_MS = 300_000;
const LIMITS = {
  LOGIN_FAILURES_PER_ACCOUNT: '3',
  LOGIN_FAILURES_PER_IP: '6',
  // More than all attacks but the last make together, fewer than with it.
  LOGIN_FAILURES: '25',
  REGISTRATIONS_PER_IP: '1000',
};
/** An address of the net that is set aside for measurements (RFC 2544): another for each attacker and each visitor. */
const anAddress = (): string => `198.${randomInt(18, 20)}.${randomInt(256)}.${randomInt(256)}`;
const stranger = (): string => `${randomUUID()}@example.com`;
const times = <T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));
/** How many guesses were told right or wrong: all that an attack is after. */
const verdicts = (answers: readonly { status: number }[]): number =>
  answers.filter(({ status }) => status === 200 || status === 401).length;

/** Three replicas of auth for one suite. */
function startThree(env: Record<string, string>): () => AuthService {
  let started: AuthService | undefined;
  beforeAll(async () => {
    started = await startAuth(3, { ...LIMITS, ...env });
  });
  afterAll(() => started?.stop());
  return () => {
    if (!started) throw new Error('auth has not started');
    return started;
  };
}

function itStopsOneAddress(auth: () => AuthService): void {
  it('S27 S51: from one address is stopped at the stated rate, and harms nobody else', async () => {
    const ip = anAddress();
    const victim = await auth().customer();
    const emails = [victim.email, ...Array.from({ length: 29 }, stranger)];

    const answers = await times(30, (index) => auth().login(emails[index] ?? '', LEAKED, ip));

    expect(verdicts(answers)).toBe(6);
    for (const { headers } of answers.filter(({ status }) => status === 429)) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(300);
    }
    expect((await auth().login(victim.email, PASSWORD, anAddress())).status).toBe(200);
  });
}

function itStopsManyMachines(auth: () => AuthService): void {
  it('S51: from a net of machines gets one guess of each, while others sign in', async () => {
    const { email } = await auth().customer();
    const machines = Array.from({ length: 20 }, anAddress);
    const wave = () => times(machines.length, (index) => auth().login(stranger(), LEAKED, machines[index]));
    await wave();

    expect(verdicts(await wave())).toBe(0);
    expect((await auth().login(email, PASSWORD, anAddress())).status).toBe(200);
  });
}

describe('credential stuffing over three replicas', () => {
  const table = `stuffing-${randomUUID()}`;
  const clients = new AwsClients({ region: process.env['AWS_REGION'] ?? 'eu-west-1' });
  beforeAll(() => provisionTable({ name: table, partitionKey: 'id' }, clients.dynamodb));
  afterAll(() => clients.close());
  const auth = startThree({ RATE_LIMITS_TABLE: table });

  itStopsOneAddress(auth);

  it('S27: of one account from many addresses is stopped, and nobody is locked out for good', async () => {
    const { email } = await auth().customer();
    const seen: number[] = [];

    for (let window = 0; window < 2; window += 1) {
      seen.push(verdicts(await times(8, () => auth().login(email, LEAKED, anAddress()))));
      expect((await auth().login(email, PASSWORD, anAddress())).status).toBe(429);
      await ageCounters(table, clients.dynamodb, FIVE_MINUTES_MS);
    }

    expect(seen).toEqual([3, 3]);
    expect((await auth().login(email, PASSWORD, anAddress())).status).toBe(200);
  });

  it('S50: is not helped by forged headers: the address is what the balancer saw', async () => {
    const ip = anAddress();
    const forged = await times(20, (index) =>
      auth().call('/auth/login', {
        body: { email: stranger(), password: LEAKED },
        ip: `10.0.0.${index}, ${anAddress()}, ${ip}`,
        headers: { 'x-real-ip': anAddress(), forwarded: `for=${anAddress()}`, 'true-client-ip': anAddress() },
      }),
    );

    expect(verdicts(forged)).toBe(6);
  });

  it('S27: from the 2^64 addresses of one IPv6 host is stopped as from one', async () => {
    const network = `2001:db8:${randomInt(0xffff).toString(16)}:${randomInt(0xffff).toString(16)}`;

    const answers = await times(20, (index) => auth().login(stranger(), LEAKED, `${network}::${index.toString(16)}`));

    expect(verdicts(answers)).toBe(6);
  });

  itStopsManyMachines(auth);
});

describeWithValkey('credential stuffing over three replicas with Valkey', (url) => {
  const auth = startThree({ VALKEY_URL: url });

  itStopsOneAddress(auth);
  itStopsManyMachines(auth);
});
