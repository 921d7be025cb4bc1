import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceTokenVerifier, ServiceTokens } from '@lethe/identity';
import { KEYED, PROVIDED, SERVICE_KEYS_SECRET, serviceKeySecret } from '../src/index.js';
import { run } from '../src/program.js';
import { AwsStandIn } from './aws-stand-in.js';

/** What CloudFormation makes up. */
const CHANCE = 'abcdefghijklmnopqrstuvwxyz012345';
const PROVIDER = { STRIPE_API_KEY: 'sk_live_a', PAYMENT_WEBHOOK_SECRET: 'whsec_b' };
const [STRIPE_KEY, WEBHOOK_SECRET] = PROVIDED.map(({ name }) => name) as [string, string];

describe('the secrets that nobody can make up', () => {
  const before = { ...process.env };
  let aws: AwsStandIn;
  let told: string[];
  let env: Record<string, string>;

  beforeEach(async () => {
    [aws, told] = [new AwsStandIn(), []];
    env = { ...(await aws.start()), AWS_REGION: 'eu-west-1' };
    Object.assign(process.env, env);
    for (const name of [...KEYED.map(serviceKeySecret), SERVICE_KEYS_SECRET, STRIPE_KEY, WEBHOOK_SECRET])
      aws.secrets.set(name, CHANCE);
  });
  afterEach(() => {
    aws.close();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  });

  const step = (args: readonly string[], variables: object = PROVIDER): Promise<number> =>
    run(
      ['secrets', ...args],
      { ...env, ...variables },
      {
        patience: { everySeconds: 1, pause: () => Promise.resolve() },
        tell: (line) => void told.push(line),
      },
    );
  const value = (secret: string): string => aws.secrets.get(secret) ?? '';
  /** Who signed it, as a service finds out that has read the list. */
  const callerOf = async (name: string): Promise<string> => {
    const token = new ServiceTokens({ service: name, key: value(serviceKeySecret(name)) }).tokenFor('orders');
    const verifier = new ServiceTokenVerifier({ service: 'orders', keys: value(SERVICE_KEYS_SECRET) });
    return (await verifier.verify(token)).service;
  };

  it('S56: are filled with keys by which services know each other, and with what the payment provider made', async () => {
    expect(await step([])).toBe(0);

    expect(await Promise.all(KEYED.map(callerOf))).toEqual(KEYED);
    expect([value(STRIPE_KEY), value(WEBHOOK_SECRET)]).toEqual(['sk_live_a', 'whsec_b']);
    expect(JSON.parse(value(SERVICE_KEYS_SECRET))).toEqual({
      keys: KEYED.map((name) => expect.objectContaining({ kid: expect.stringMatching(`^${name}:`) })),
    });
    expect(value(SERVICE_KEYS_SECRET)).not.toContain('"d"');
    expect(told.join('\n')).not.toMatch(/sk_live|whsec|"d"/);
  });

  it('are never written again: a second run changes nothing, whatever the variables say by then', async () => {
    await step([]);
    const [first, asked] = [new Map(aws.secrets), aws.asked.length];

    expect(await step([], { STRIPE_API_KEY: 'sk_live_other' })).toBe(0);

    expect(aws.secrets).toEqual(first);
    expect(aws.asked.length).toBe(asked);
  });

  it('go on with the same keys where a run was killed before the list of public ones was written', async () => {
    await step([]);
    const key = value(serviceKeySecret('orders'));
    aws.secrets.set(SERVICE_KEYS_SECRET, CHANCE);

    expect(await step([])).toBe(0);

    expect(value(serviceKeySecret('orders'))).toBe(key);
    expect(await Promise.all(KEYED.map(callerOf))).toEqual(KEYED);
  });

  it('keep the keys that an operator has listed beside new ones', async () => {
    await step([]);
    const old = value(SERVICE_KEYS_SECRET);
    aws.secrets.set(serviceKeySecret('catalog'), CHANCE);

    expect(await step([])).toBe(0);

    expect(await callerOf('catalog')).toBe('catalog');
    const { keys } = JSON.parse(value(SERVICE_KEYS_SECRET)) as { keys: unknown[] };
    expect(keys).toEqual([...(JSON.parse(old) as { keys: unknown[] }).keys, expect.anything()]);
  });

  it.each([
    ['is no key of a service', '{"kty":"RSA","n":"of somebody"}'],
    ['is no JSON', 'a phrase of somebody'],
  ])('are left alone where one holds what %s', async (_, held) => {
    aws.secrets.set(serviceKeySecret('auth'), held);

    expect(await step([])).toBe(1);

    expect(value(serviceKeySecret('auth'))).toBe(held);
    expect(told.at(-1)).toBe(
      'delivery: lethe/auth/service-key holds something else than keys of services: it is left as it is',
    );
  });

  it.each([[['--check']], [[]]])('are asked for by their variables before anything is begun (%j)', async (args) => {
    expect(await step(args, { STRIPE_API_KEY: 'sk_live_a' })).toBe(1);

    expect(told).toEqual([
      'delivery: set PAYMENT_WEBHOOK_SECRET: lethe/orders/webhook-secret of the payment provider cannot be made up',
    ]);
    expect(aws.changes).toEqual([]);
  });

  it('can be looked at before there are any, and nothing is written', async () => {
    aws.secrets.clear();

    expect(await step(['--check'])).toBe(0);
    expect(await step(['--check'], {})).toBe(1);

    expect(aws.changes).toEqual([]);
    expect(told.at(-1)).toContain('set STRIPE_API_KEY and PAYMENT_WEBHOOK_SECRET');
  });

  it('are asked for again where AWS has too much to do, three times in all', async () => {
    aws.troubles.push(503, 503);
    expect(await step(['--check'])).toBe(0);

    aws.troubles.push(503, 503, 503, 503, 503, 503);
    expect(await step(['--check'])).toBe(1);
    expect(told.at(-1)).toMatch(/^delivery: secretsmanager GetSecretValue answered 503/);
  });

  it('say in a line that a secret is not there yet', async () => {
    aws.secrets.delete(serviceKeySecret('orders'));

    expect(await step([])).toBe(1);

    expect(told.at(-1)).toBe(
      'delivery: secretsmanager PutSecretValue answered 400 ResourceNotFoundException ResourceNotFoundException',
    );
  });
});
