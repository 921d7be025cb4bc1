import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { store } from '@lethe/contracts';
import { defineCommand, defineEvent, defineService, defineStream, defineTopology } from '@lethe/topology';
import { z } from 'zod';
import { environmentPage } from '../src/environment-page.js';
import { staleFiles } from '../src/generated-file.js';
import { messagesPage } from '../src/messages-page.js';

const root = join(import.meta.dirname, '../../..');

describe('the pages of the repository', () => {
  it('are what the source says now: run `npm run docs`', async () => {
    // In a process of its own, since it loads the apps as they were built.
    const check = promisify(execFile)(process.execPath, ['tools/docs/dist/main.js', 'check'], { cwd: root });

    await expect(check).resolves.toEqual({ stdout: '', stderr: '' });
  });

  it('are stale once a message says something else', () => {
    const changed = { ...store, services: store.services.slice(2) };

    expect(staleFiles(root, [messagesPage(changed)])).toEqual(['docs/messages.md']);
  });
});

describe('messagesPage', () => {
  const data = z.object({
    id: z.uuid().describe('Which one.'),
    lines: z.array(z.object({ sku: z.string().max(8), count: z.int().min(1) })).min(1),
    state: z.enum(['open', 'closed']).optional(),
  });
  const Placed = defineEvent({ owner: 'shop', name: 'placed', version: 1, description: 'It was placed.', data });
  const Pay = defineCommand({ owner: 'bank', name: 'pay', version: 2, description: 'Pay it.', data });
  const Clicks = defineStream({
    owner: 'shop',
    name: 'clicks',
    description: 'Clicks.',
    data,
    partitionKey: ({ id }) => id,
    shards: 3,
  });
  const { text } = messagesPage(
    defineTopology('mall', [
      defineService({ name: 'shop', publishes: [Placed], sends: [Pay], writes: [Clicks] }),
      defineService({ name: 'bank', handles: [Pay, Placed], reads: [Clicks] }),
    ]),
  );

  it('says who says what to whom, and by which way', () => {
    expect(text).toContain('Published by shop, handled by bank; topic `mall-shop` → queue `mall-bank`.');
    expect(text).toContain('Sent by shop, handled by bank; queue `mall-bank`.');
    expect(text).toContain('Written by shop, read by bank; stream `mall-clicks`, 3 shards.');
  });

  it('shows every member with its type', () => {
    expect(text).toContain('| `id` | uuid | yes | Which one. |');
    expect(text).toContain('| `lines` | list of object ≥ 1 | yes |  |');
    expect(text).toContain('| `lines[].sku` | text ≤ 8 characters | yes |  |');
    expect(text).toContain('| `lines[].count` | integer ≥ 1 | yes |  |');
    expect(text).toContain('| `state` | one of open, closed | no |  |');
  });
});

describe('environmentPage', () => {
  const shared = { PORT: z.coerce.number().int().default(3000).describe('Port.') };
  const { text } = environmentPage([
    { app: 'one', schema: z.object({ ...shared, ONE_URL: z.url().describe('One | its url.') }) },
    { app: 'two', schema: z.object(shared) },
  ]);

  it('shows once what several apps read, and per app what is its own', () => {
    expect(text.match(/^\| `PORT` \|/gm)).toHaveLength(1);
    expect(text).toContain('| `PORT` | integer | `3000` | Port. |');
    expect(text).toContain('## one\n\nShared: `PORT`.\n\n| variable');
    expect(text).toContain('| `ONE_URL` | uri | **required** | One \\| its url. |');
    expect(text).toContain('## two\n\nShared: `PORT`.\n\nNothing of its own.');
  });
});
