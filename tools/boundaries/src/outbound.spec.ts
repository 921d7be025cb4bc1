import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { outboundFaults, reachesOut } from './outbound.js';

const root = mkdtempSync(join(tmpdir(), 'outbound-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = join(root, 'apps', 'orders', 'src');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'hook.ts'), 'export const call = (url: string) => fetch(url);');
writeFileSync(join(folder, 'quiet.ts'), 'export const fetched = 1;');

describe('outbound requests', () => {
  it('S46: are refused from any place that is not known', () => {
    expect(outboundFaults(root, {})).toEqual([
      'apps/orders/src/hook.ts reaches other hosts: say in outboundPlaces where it has them from',
    ]);
    expect(outboundFaults(root, { 'apps/orders/src/hook.ts': 'CATALOG_URL' })).toEqual([]);
  });

  it('S46: are no longer allowed where they are no longer made', () => {
    const known = { 'apps/orders/src/hook.ts': 'CATALOG_URL', 'apps/orders/src/quiet.ts': 'PAYMENT_URL' };

    expect(outboundFaults(root, known)).toEqual([
      'apps/orders/src/quiet.ts is in outboundPlaces, and reaches no other host',
    ]);
  });

  it.each([
    'await fetch(url)',
    'globalThis.fetch(url)',
    'new WebSocket(url)',
    "import { request } from 'node:http'; request(url);",
    "import https from 'https'; https.get(url);",
    "import * as net from 'node:net'; net.connect(1);",
    "import { Agent } from 'undici';",
    "import { connect as dial } from 'node:tls';",
  ])('S46: are seen in %s', (text) => expect(reachesOut(text)).toBe(true));

  it.each([
    'class A { fetch() {} b() { return this.fetch(); } }',
    "import { createServer, type Agent } from 'node:http';",
    "import type { Socket } from 'node:net';",
    '// fetch(url)',
  ])('are not seen in %s', (text) => expect(reachesOut(text)).toBe(false));
});
