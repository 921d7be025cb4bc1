import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestValkey, describeWithValkey, startTestValkey } from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { valkeyScript } from '../src/script.js';
import { ValkeyCommandError, type ValkeyError, ValkeyUnavailableError } from '../src/valkey.errors.js';
import { Valkey } from '../src/valkey.js';

const echo = valkeyScript(`return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}`);

describeWithValkey('Valkey', (url) => {
  let valkey: Valkey;
  let key: string;

  beforeEach(async () => {
    key = `test:${randomUUID()}`;
    valkey = new Valkey({ url, name: 'spec', timeoutMs: 5_000 });
    await valkey.connect();
  });
  afterEach(() => valkey.close());

  it('sends commands, with text or bytes as the caller asks', async () => {
    const bytes = Buffer.from([0, 255, 128, 13, 10]);

    expect(await valkey.call<string>(key, ['SET', key, bytes, 'PX', '60000'])).toBe('OK');
    expect(await valkey.call<Buffer>(key, ['GET', key], { buffers: true })).toEqual(bytes);
    expect(await valkey.call<null>(key, ['GET', `${key}:none`])).toBeNull();
    expect(await valkey.call<number>(key, ['PTTL', key])).toBeGreaterThan(59_000);
    expect(await valkey.call<string>(undefined, ['CLIENT', 'GETNAME'])).toBe('spec');
    await valkey.ping();
  });

  it('runs a script that the server does not know yet, and one that it does', async () => {
    await valkey.call(undefined, ['SCRIPT', 'FLUSH']);

    expect(await valkey.run(echo, [key], ['x'])).toEqual([key, 'x', 1]);
    expect(await valkey.run(echo, [key], ['y'])).toEqual([key, 'y', 2]);
    expect(await valkey.call(undefined, ['SCRIPT', 'EXISTS', echo.sha1])).toEqual([1]);
  });

  it('tells a refused command from a server that is out of reach', async () => {
    await valkey.call(key, ['SET', key, 'text']);

    await expect(valkey.call(key, ['LPUSH', key, 'x'])).rejects.toMatchObject({
      name: 'ValkeyCommandError',
      code: 'WRONGTYPE',
    });
    await expect(valkey.run(valkeyScript('return {'), [key], [])).rejects.toBeInstanceOf(ValkeyCommandError);
    expect(await valkey.call(key, ['GET', key])).toBe('text');
  });

  it('R11: lets so many commands be under way and refuses one more at once', async () => {
    const narrow = new Valkey({ url, maxInFlight: 3 });
    await narrow.connect();

    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => narrow.call(key, ['GET', key])));

    expect(outcomes.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), ...Array(2).fill('rejected')]);
    expect(await narrow.call(key, ['GET', key])).toBeNull();
    await narrow.close();
  });

  it('refuses commands before it is connected and after it is closed', async () => {
    const unconnected = new Valkey({ url });

    await expect(unconnected.ping()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await unconnected.connect();
    await unconnected.ping();
    await unconnected.close();
    await expect(unconnected.ping()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await expect(unconnected.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
  });

  it('may be closed while it still seeks its server', async () => {
    const seeking = new Valkey({ url: 'redis://127.0.0.1:1' });
    const connecting = seeking.connect();

    await seeking.close();

    await expect(connecting).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await expect(seeking.ping()).rejects.toBeInstanceOf(ValkeyUnavailableError);
  });

  it('answers what is under way before it closes', async () => {
    const answers = Promise.all([valkey.call(key, ['SET', key, '1']), valkey.call(key, ['GET', key])]);

    await valkey.close();

    expect(await answers).toEqual(['OK', '1']);
  });

  it('R04: gives up connecting to a port that swallows everything', async () => {
    const held: Socket[] = [];
    const hole = createServer((socket) => held.push(socket.on('error', () => undefined).resume()));
    hole.listen(0, '127.0.0.1');
    await once(hole, 'listening');
    const { port } = hole.address() as AddressInfo;
    const stuck = new Valkey({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 50 });

    await expect(stuck.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await stuck.close();
    // What it opened it has closed: nothing of the attempt stays behind.
    await eventually(() => expect(held.every((socket) => socket.readableEnded || socket.destroyed)).toBe(true));
    hole.close();
  });
});

describeWithValkey('Valkey when its server fails', () => {
  let server: TestValkey;
  let valkey: Valkey;
  let errors: ValkeyError[];

  beforeEach(async () => {
    server ??= await startTestValkey();
    errors = [];
    valkey = new Valkey({ url: server.url, timeoutMs: 100, onError: (error) => errors.push(error) });
    await valkey.connect();
  });
  afterEach(() => valkey.close());
  afterAll(() => server.stop());

  /** Makes the server answer nobody for so many milliseconds. */
  async function freeze(ms: number): Promise<void> {
    const other = new Valkey({ url: server.url });
    await other.connect();
    await other.call(undefined, ['CLIENT', 'PAUSE', String(ms), 'ALL']);
    await other.close();
  }

  it('R31: never hands the late answer of a command that was given up to another', async () => {
    await Promise.all(['a', 'b', 'c'].map((name) => valkey.call(name, ['SET', name, `value of ${name}`])));
    await freeze(250);

    await expect(valkey.call('a', ['GET', 'a'])).rejects.toThrow('no answer within 100 ms');

    const answersOf = (name: string) => valkey.call<string>(name, ['GET', name]).catch(() => 'none');
    const seen = new Set<string>();
    await eventually(async () => {
      seen.add(await answersOf('b'));
      expect(seen).toContain('value of b');
    });
    expect([...seen].toSorted()).toEqual(seen.has('none') ? ['none', 'value of b'] : ['value of b']);
    expect(await Promise.all(['c', 'a', 'b'].map(answersOf))).toEqual(['value of c', 'value of a', 'value of b']);
  });

  it('fails at once while the server is gone, and serves again when it is back', async () => {
    await server.restart(async () => {
      await eventually(() => expect(valkey.isReady).toBe(false));
      await expect(valkey.ping()).rejects.toThrow('there is no connection');
      await expect(valkey.run(echo, ['k'], [])).rejects.toBeInstanceOf(ValkeyUnavailableError);
    });

    await eventually(() => valkey.ping());
    expect(errors.every((error) => error instanceof ValkeyUnavailableError)).toBe(true);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('comes up by itself when it was started before its server', async () => {
    let early: Valkey | undefined;
    await server.restart(async () => {
      early = new Valkey({ url: server.url, timeoutMs: 100 });
      await expect(early.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    });

    await eventually(() => early?.ping());
    await early?.close();
  });

  it('counts a server that refuses everybody as out of reach', async () => {
    await valkey.call(undefined, ['ACL', 'SETUSER', 'reader', 'on', '>open sesame', '~*', '+get', '+ping', '+client']);
    const reader = new Valkey({ url: server.url.replace('//', '//reader:open%20sesame@') });
    await reader.connect();

    expect(await reader.call('k', ['GET', 'none'])).toBeNull();
    await expect(reader.call('k', ['SET', 'k', '1'])).rejects.toThrow('NOPERM');
    await reader.close();

    const stranger = new Valkey({ url: server.url.replace('//', '//reader:wrong@') });
    await expect(stranger.connect()).rejects.toThrow('WRONGPASS');
    await stranger.close();
  });
});

describe('Valkey without a server', () => {
  it('R04: says within its time limit that nobody listens', async () => {
    const nobody = new Valkey({ url: 'redis://127.0.0.1:1', connectTimeoutMs: 100 });

    await expect(nobody.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await nobody.close();
  });
});
