import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, recorder } from '@lethe/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBalancer, type Balancer } from '../src/balancer/balancer.js';
import { hasEnded, identityOf } from '../src/process-identity.js';
import { ReplicaSet, type ReplicaEvent, type ReplicaSetOptions } from '../src/replicas/replica-set.js';

const entry = fileURLToPath(new URL('support/service.fixture.mjs', import.meta.url));
const scheduler = fileURLToPath(new URL('support/scheduler.fixture.mjs', import.meta.url));

describe('ReplicaSet', () => {
  let logDir: string;
  let balancer: Balancer;
  let set: ReplicaSet | undefined;

  beforeEach(async () => {
    logDir = await mkdtemp(join(tmpdir(), 'lethe replicas '));
    balancer = await startBalancer({
      port: 0,
      routes: [{ prefix: '/orders', service: 'orders' }],
      healthIntervalMs: 50,
    });
  });
  afterEach(async () => {
    await set?.stop();
    set = undefined;
    await balancer.stop();
    await rm(logDir, { recursive: true, force: true });
  });

  async function start(options: Partial<ReplicaSetOptions> = {}) {
    const events = recorder<[ReplicaEvent]>();
    set = new ReplicaSet({ name: 'orders', entry, count: 2, env: {}, logDir, balancer, onEvent: events, ...options });
    await set.start();
    return { set, events, types: () => events.calls.map(([{ type }]) => type) };
  }
  const ask = async (path = '/orders') => (await fetch(balancer.url + path)).text();
  const log = (number: number) => readFile(join(logDir, `orders-${number}.log`), 'utf8');

  it('starts replicas that are ready and take turns, each under an id of its own', async () => {
    const { set } = await start();

    const answers = [await ask(), await ask(), await ask()];

    const ids = set.replicas().map(({ id }) => id);
    expect(ids).toEqual([
      expect.stringMatching(/^orders-1-[0-9a-f]{6}$/),
      expect.stringMatching(/^orders-2-[0-9a-f]{6}$/),
    ]);
    expect(new Set(answers)).toEqual(new Set(ids));
    expect(set.replicas()).toEqual([
      expect.objectContaining({ state: 'ready', restarts: 0, pid: expect.any(Number) }),
      expect.objectContaining({ state: 'ready', restarts: 0, pid: expect.any(Number) }),
    ]);
  });

  it('gives a replica the declared environment alone', async () => {
    process.env['LETHE_TEST_LEAK'] = 'leaked';
    const { set } = await start({ count: 1, env: { DATABASE_URL: 'postgres://declared' } });
    delete process.env['LETHE_TEST_LEAK'];

    const seen = (await (await fetch(`${set.replicas()[0]?.url}/env`)).json()) as Record<string, string>;

    expect(seen).toMatchObject({ DATABASE_URL: 'postgres://declared', INSTANCE_ID: set.replicas()[0]?.id });
    expect(seen).not.toHaveProperty('LETHE_TEST_LEAK');
  });

  it('replaces a replica that was killed, while the other serves', async () => {
    const { set, types } = await start();
    const [victim] = set.replicas();

    process.kill(victim?.pid ?? 0, 'SIGKILL');
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));

    expect(answers).toEqual(Array.from({ length: 20 }, () => expect.stringMatching(/^orders-/)));
    await eventually(() => expect(types()).toContain('restarted'));
    const [successor] = set.replicas();
    expect(successor).toMatchObject({ state: 'ready', restarts: 1 });
    expect(successor?.id).not.toBe(victim?.id);
    expect(types()).toEqual(['started', 'started', 'ready', 'ready', 'died', 'started', 'ready', 'restarted']);
    await eventually(() => expect(balancer.status().map(({ id }) => id)).not.toContain(victim?.id));
  });

  it('replaces every replica under load without a failed request (R01)', async () => {
    const { set } = await start();
    const before = set.replicas().map(({ id }) => id);
    const statuses = new Set<number>();
    const rolled = new AbortController();
    const buyer = async () => {
      while (!rolled.signal.aborted)
        statuses.add((await fetch(`${balancer.url}/orders`, { method: 'POST', body: '{}' })).status);
    };
    const buyers = Array.from({ length: 8 }, buyer);
    let fewest = before.length;
    const watcher = (async () => {
      while (!rolled.signal.aborted) {
        fewest = Math.min(fewest, balancer.status().filter(({ health }) => health === 'healthy').length);
        await ask();
      }
    })();

    await set.rollingRestart();
    rolled.abort();
    await Promise.all([...buyers, watcher]);

    expect(statuses).toEqual(new Set([200]));
    expect(fewest).toBe(2);
    const after = set.replicas().map(({ id }) => id);
    expect(after).toHaveLength(2);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect(await log(1)).toContain('drained');
  });

  it('keeps the present replica when its successor does not start', async () => {
    const env: Record<string, string> = {};
    const { set } = await start({ count: 1, env });
    const [present] = set.replicas();
    env['MODE'] = 'crashes';

    await expect(set.restart(1)).rejects.toThrow(/did not start: exit code 1 \(log: .*orders-1\.log\)/);

    expect(set.replicas()).toEqual([present]);
    expect(await ask()).toBe(present?.id);
  });

  it('goes on trying, ever more slowly, when replicas crash as they start', async () => {
    const env: Record<string, string> = {};
    const { set, types } = await start({ count: 1, env });
    env['MODE'] = 'crashes';

    process.kill(set.replicas()[0]?.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(types().filter((type) => type === 'start-failed').length).toBeGreaterThan(1));
    delete env['MODE'];
    await eventually(() => expect(types()).toContain('restarted'));

    expect(await ask()).toBe(set.replicas()[0]?.id);
  });

  it('refuses to start a service whose configuration is refused, and leaves none of its processes', async () => {
    const { set, events } = await start({ count: 0 });
    await set.stop();

    await expect(start({ env: { MODE: 'refuses-configuration' } })).rejects.toThrow('exit code 78');

    expect(events.calls).toEqual([]);
    expect(balancer.status()).toEqual([]);
  });

  it('kills a replica that does not end in time', async () => {
    const { set, types } = await start({ count: 1, env: { MODE: 'hangs' }, drainMs: 100 });
    const identity = identityOf(set.replicas()[0]?.pid ?? 0);

    await set.stop();

    expect(identity && (await hasEnded(identity, 0))).toBe(true);
    expect(types()).toEqual(['started', 'ready', 'stopped']);
  });

  it.each(['drains', 'hangs'])('leaves no replica behind when its parent is killed: one that %s', async (mode) => {
    const parent = spawn(process.execPath, [scheduler, entry, logDir, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pids] = (await once(parent.stdout, 'data')) as [Buffer];
    const identities = (JSON.parse(pids.toString()) as number[]).map((pid) => identityOf(pid));

    parent.kill('SIGKILL');

    expect(identities).toHaveLength(2);
    for (const identity of identities) expect(identity && (await hasEnded(identity, 8_000))).toBe(true);
  });
});
