import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  type TestValkey,
  type TestValkeyCluster,
  describeWithValkey,
  startTestValkey,
  startTestValkeyCluster,
} from '@lethe/local-cloud';
import { eventually } from '@lethe/testing';
import { valkeyScript } from '../src/script.js';
import { ValkeyUnavailableError } from '../src/valkey.errors.js';
import { Valkey } from '../src/valkey.js';

const increase = valkeyScript(`return redis.call('INCR', KEYS[1])`);

describeWithValkey('Valkey over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-tls-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  let server: TestValkey;

  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    execFileSync('openssl', [...request, '-days', '1', ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'pipe',
    });
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate];
    server = await startTestValkey((port) => [
      '--port',
      '0',
      '--tls-port',
      String(port),
      '--tls-auth-clients',
      'no',
      ...files,
    ]);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it('S55: speaks to a server whose certificate it trusts, and to no other', async () => {
    const url = `valkeys://localhost:${server.port}`;
    const trusting = new Valkey({ url, ca: readFileSync(certificate, 'utf8') });
    await trusting.connect();
    await trusting.ping();
    await trusting.close();

    const strict = new Valkey({ url });
    await expect(strict.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await strict.close();
    // Trusted, but the certificate is another host's.
    const elsewhere = new Valkey({ url: url.replace('localhost', '127.0.0.1'), ca: readFileSync(certificate, 'utf8') });
    await expect(elsewhere.connect()).rejects.toBeInstanceOf(ValkeyUnavailableError);
    await elsewhere.close();
  });
});

describeWithValkey('Valkey as a cluster', () => {
  let cluster: TestValkeyCluster;
  let valkey: Valkey;

  beforeAll(async () => {
    cluster = await startTestValkeyCluster();
    valkey = new Valkey({ url: cluster.url });
    await valkey.connect();
  });
  afterAll(async () => {
    await valkey.close();
    await cluster.stop();
  });

  it('finds the node of every key, for commands and for scripts', async () => {
    const keys = Array.from({ length: 30 }, () => randomUUID());

    expect(await Promise.all(keys.map((key) => valkey.run(increase, [key], [])))).toEqual(keys.map(() => 1));
    expect(await Promise.all(keys.map((key) => valkey.call(key, ['GET', key])))).toEqual(keys.map(() => '1'));
    const sizes = await Promise.all(cluster.nodes.map(sizeOf));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(keys.length);
    expect(Math.max(...sizes)).toBeLessThan(keys.length);
  });

  it('goes on with the other nodes while one is gone, and with all when it is back', async () => {
    const [, second, third] = cluster.nodes;
    const keyOf = async (node: TestValkey | undefined) => {
      for (;;) {
        const key = randomUUID();
        await valkey.call(key, ['SET', key, '1']);
        if (node !== undefined && (await holds(node, key))) return key;
      }
    };
    const [there, gone] = [await keyOf(second), await keyOf(third)];

    await third?.restart(async () => {
      await eventually(async () => {
        await expect(valkey.call(gone, ['GET', gone])).rejects.toBeInstanceOf(ValkeyUnavailableError);
      });
      expect(await valkey.call(there, ['GET', there])).toBe('1');
    });

    await eventually(() => valkey.call(gone, ['SET', gone, '2']));
  });
});

async function sizeOf(node: TestValkey): Promise<number> {
  return onNode(node, (valkey) => valkey.call<number>(undefined, ['DBSIZE']));
}

function holds(node: TestValkey, key: string): Promise<boolean> {
  return onNode(node, async (valkey) => {
    const keys = await valkey.call<readonly string[]>(undefined, ['KEYS', '*']);
    return keys.includes(key);
  });
}

async function onNode<T>({ url }: TestValkey, work: (valkey: Valkey) => Promise<T>): Promise<T> {
  const valkey = new Valkey({ url });
  await valkey.connect();
  const answer = await work(valkey);
  await valkey.close();
  return answer;
}
