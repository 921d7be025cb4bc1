import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { timerFaults, waitsForTime } from './timers.js';

const root = mkdtempSync(join(tmpdir(), 'timers-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = join(root, 'apps', 'orders', 'src');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'nightly.ts'), 'setInterval(() => invoiceEveryone(), 86_400_000);');
writeFileSync(join(folder, 'quiet.ts'), 'export const pause = 1;');

const NIGHTLY = 'apps/orders/src/nightly.ts';

describe('timers', () => {
  it('R29: are refused in any place of a service that is not known: a business tick is a schedule', () => {
    expect(timerFaults(root, {})).toEqual([
      `${NIGHTLY} waits for time to pass: say in timerPlaces what for; a business tick is a schedule`,
    ]);
    expect(timerFaults(root, { [NIGHTLY]: 'pauses between two tries' })).toEqual([]);
  });

  it('are no longer allowed where nothing waits any more', () => {
    expect(timerFaults(root, { [NIGHTLY]: 'tries', 'apps/orders/src/quiet.ts': 'tries' })).toEqual([
      'apps/orders/src/quiet.ts is in timerPlaces, and waits for nothing',
    ]);
  });

  it.each([
    'setTimeout(call, 1_000);',
    'globalThis.setInterval(call, 1_000);',
    "import { setTimeout as sleep } from 'node:timers/promises';",
    "import { setInterval } from 'timers';",
    "import { pause } from '@lethe/kernel'; await pause(1_000);",
    'this.timers.after(1_000, call);',
    'systemTimers.after(1_000, call);',
  ])('are seen in %s', (text) => expect(waitsForTime(text)).toBe(true));

  it.each([
    "import { setImmediate as breathe } from 'node:timers/promises';",
    'stream.pause();',
    'list.after(1, call);',
    '// setTimeout(call)',
  ])('are not seen in %s', (text) => expect(waitsForTime(text)).toBe(false));
});
