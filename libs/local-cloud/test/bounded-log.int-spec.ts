import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BoundedLog } from '../src/bounded-log.js';

describe('BoundedLog', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lethe-log-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('starts anew past its bound, keeps the part before, and takes what is still being written', async () => {
    const log = new BoundedLog(join(directory, 'deep', 'orders.log'), 10);
    const child = log.attach((descriptor) => openSync(`/dev/fd/${descriptor}`, 'a'));
    writeSync(child, 'twelve bytes');
    await log.bound();
    writeSync(child, 'more');
    await log.bound();
    closeSync(child);
    log.close();

    expect(await readFile(log.file, 'utf8')).toBe('more');
    expect(await readFile(`${log.file}.1`, 'utf8')).toBe('twelve bytes');
  });
});
