import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@lethe/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startCloud, type Cloud } from '../src/cloud/cloud.js';
import { type CloudEvent } from '../src/cloud/cloud-event.js';
import { removeCloudData } from '../src/cloud/remove-cloud.js';
import { type EmulatorKind } from '../src/emulators/emulator-options.js';
import { pickPort } from '../src/ports.js';
import { hasEnded, isSameProcess } from '../src/process-identity.js';
import { readEverywhere, writeEverywhere } from './support/cloud-data.js';
import { cloudProcess } from './support/cloud-process.js';

const asRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65534, gid: 65534 };
const all = (mark: string) => ({ row: mark, message: mark, object: mark, item: mark, record: mark });

/** Ports of a run, so that suites side by side do not meet at the defaults. */
async function somePorts(): Promise<Partial<Record<EmulatorKind, number>>> {
  const [postgres, fauxqs, dynamodb, kinesis, valkey] = [
    await pickPort(),
    await pickPort(),
    await pickPort(),
    await pickPort(),
    await pickPort(),
  ];
  return { postgres, fauxqs, dynamodb, kinesis, valkey };
}

describe('startCloud', () => {
  let root: string;
  let dataDir: string;
  const started: Cloud[] = [];
  const events: CloudEvent[] = [];

  beforeAll(async () => {
    // Jest's own cloud has one; the clouds here are to start theirs.
    delete process.env['VALKEY_URL'];
    root = await mkdtemp(join(tmpdir(), 'lethe cloud '));
    await chmod(root, 0o755);
    dataDir = join(root, 'a store', '.lethe');
    const first = await start({ ports: await somePorts() });
    await writeEverywhere(first.env, 'first');
    await first.stop();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((cloud) => cloud.stop()));
    events.length = 0;
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function start(options: Partial<Parameters<typeof startCloud>[0]> = {}): Promise<Cloud> {
    const cloud = await startCloud({ dataDir, onEvent: (event) => events.push(event), ...options });
    started.push(cloud);
    return cloud;
  }
  const urls = (cloud: Pick<Cloud, 'services'>) => cloud.services.map(({ url }) => url);

  it('keeps data and ports between starts, in a path with spaces', async () => {
    const one = await start();
    await one.stop();
    const two = await start();

    expect(urls(two)).toEqual(urls(one));
    expect(await readEverywhere(two.env, 'first')).toMatchObject(all('first'));
  });

  it('loses nothing acknowledged when everything is killed at once', async () => {
    const killed = await cloudProcess(dataDir);
    await writeEverywhere(killed.env, 'killed');

    for (const { pid } of [{ pid: killed.process.pid ?? 0 }, ...killed.servers]) process.kill(pid, 'SIGKILL');
    const next = await start();

    expect(killed.servers.length).toBeGreaterThan(4);
    expect(await readEverywhere(next.env, 'killed')).toMatchObject(all('killed'));
    expect(urls(next)).toEqual(urls(killed));
  });

  it('ends its servers when it is killed, and takes their ports over at once', async () => {
    const killed = await cloudProcess(dataDir);
    await writeEverywhere(killed.env, 'orphaned');

    killed.process.kill('SIGKILL');
    const next = await start();

    expect(await readEverywhere(next.env, 'orphaned')).toMatchObject(all('orphaned'));
    expect(urls(next)).toEqual(urls(killed));
    expect(killed.servers.filter((server) => isSameProcess(server))).toEqual([]);
  });

  it('ends a postmaster that outlived its parents', async () => {
    const killed = await cloudProcess(dataDir);
    const supervisor = killed.services.find(({ name }) => name === 'postgres')?.pid ?? 0;

    for (const pid of [supervisor, killed.process.pid ?? 0]) process.kill(pid, 'SIGKILL');
    const next = await start();

    expect(events).toContainEqual({ type: 'leftover-ended', service: 'postgres' });
    expect(urls(next)).toEqual(urls(killed));
    expect(killed.servers.filter((server) => isSameProcess(server))).toEqual([]);
  });

  it('removes a stale lock of Postgres whose pid a stranger has now', async () => {
    const stranger = `${process.pid}\n${join(dataDir, 'postgres')}\n0\n1\n\n127.0.0.1\n\nready\n`;
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), stranger);

    const cloud = await start();

    expect(await readEverywhere(cloud.env, 'first')).toMatchObject({ row: 'first' });
  });

  it('picks other ports where they are taken, says so, and gives out queue URLs that lead there', async () => {
    const wished = await somePorts();
    const strangers = Object.values(wished).map((port) => createServer().listen(port, '127.0.0.1'));
    await Promise.all(strangers.map((stranger) => once(stranger, 'listening')));

    const cloud = await start({ ports: wished });
    const read = await readEverywhere(cloud.env, 'first');
    for (const stranger of strangers) stranger.close();

    expect(read).toMatchObject({ ...all('first'), queue: cloud.env['AWS_ENDPOINT_URL_SQS'] });
    for (const { name, url } of cloud.services) {
      const port = Number(new URL(url).port);
      expect(events).toContainEqual({ type: 'port-taken', service: name, wished: wished[name], port });
      expect(port).not.toBe(wished[name]);
    }
  });

  it('starts servers again, on their ports and with their data, when they die', async () => {
    const cloud = await start();
    const before = [...cloud.services];

    for (const { pid } of before) process.kill(pid ?? 0, 'SIGKILL');
    await eventually(() => {
      for (const { name } of before) {
        expect(events).toContainEqual(expect.objectContaining({ type: 'restarted', service: name }));
      }
    });

    expect(urls(cloud)).toEqual(urls({ services: before }));
    for (const { pid } of before) expect(cloud.services.map((service) => service.pid)).not.toContain(pid);
    expect(await readEverywhere(cloud.env, 'first')).toMatchObject(all('first'));
  });

  it('refuses a directory that another live process holds', async () => {
    await start();

    await expect(startCloud({ dataDir })).rejects.toThrow(`process ${process.pid} already runs the local cloud`);
  });

  it('names the log when a server does not start, ends the others, and leaves the directory free', async () => {
    const broken = join(root, 'broken');
    await mkdir(broken);
    await writeFile(join(broken, 'dynamodb'), 'no directory');

    const failing = startCloud({ dataDir: broken, ports: await somePorts() });

    await expect(failing).rejects.toThrow(join(broken, 'logs', 'dynamodb.log'));
    expect((await readdir(broken)).filter((name) => /\.(pid|lock)$/.test(name))).toEqual([]);
  });

  it('works for an ordinary user', async () => {
    const own = join(root, 'of an ordinary user');
    await mkdir(own);
    if (asRoot) await chown(own, NOBODY.uid, NOBODY.gid);

    const cloud = await cloudProcess(own, asRoot ? NOBODY : {});
    await writeEverywhere(cloud.env, 'ordinary');
    const read = await readEverywhere(cloud.env, 'ordinary');
    cloud.process.kill('SIGTERM');
    const [code] = await once(cloud.process, 'exit');

    expect(read).toMatchObject(all('ordinary'));
    expect(code).toBe(0);
    expect((await stat(join(own, 'postgres'))).uid).toBe(asRoot ? NOBODY.uid : process.getuid?.());
  });

  it('works for root in a directory that is closed to all other users', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });

    const cloud = await start({ dataDir: join(closed, '.lethe'), ports: await somePorts() });
    await writeEverywhere(cloud.env, 'closed');

    expect(await readEverywhere(cloud.env, 'closed')).toMatchObject(all('closed'));
    const place = await realpath(join(closed, '.lethe', 'postgres'));
    expect(place.startsWith(join(closed, '.lethe'))).toBe(!asRoot);
    await cloud.stop();
    await removeCloudData(join(closed, '.lethe'));
    expect([place, join(closed, '.lethe')].filter((path) => existsSync(path))).toEqual([]);
  });
});

describe('startTestCloud', () => {
  it('leaves no process behind when its run is killed, and the next run removes its directory', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'lethe-tmp-'));
    await chmod(temporary, 0o755);
    const testDirectories = async () => (await readdir(temporary)).filter((name) => name.startsWith('lethe-test-'));
    const killed = await cloudProcess(undefined, {}, temporary);
    const [abandoned] = await testDirectories();

    killed.process.kill('SIGKILL');
    for (const server of killed.servers) expect(await hasEnded(server, 20_000)).toBe(true);
    const next = await cloudProcess(undefined, {}, temporary);
    const during = await testDirectories();
    next.process.kill('SIGTERM');
    await once(next.process, 'exit');
    const after = await testDirectories();
    await rm(temporary, { recursive: true });

    expect(abandoned).toMatch(/^lethe-test-/);
    expect(during).toHaveLength(1);
    expect(during).not.toContain(abandoned);
    expect(after).toEqual([]);
  });
});
