import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { valkeyBinary } from './valkey-binary.js';

const folder = mkdtempSync(join(tmpdir(), 'lethe-path-'));
afterAll(() => rmSync(folder, { recursive: true }));

function place(name: string, mode: number): string {
  const file = join(folder, name);
  writeFileSync(file, '');
  chmodSync(file, mode);
  return file;
}

describe('valkeyBinary', () => {
  it('finds nothing where no folder of PATH has a server that may be run', () => {
    place('redis-server', 0o644);

    expect(valkeyBinary(['', '/nowhere', folder].join(delimiter))).toBeUndefined();
  });

  it('finds redis-server, and valkey-server before it', () => {
    const redis = place('redis-server', 0o755);
    expect(valkeyBinary(folder)).toBe(redis);

    const valkey = place('valkey-server', 0o755);
    expect(valkeyBinary(folder)).toBe(valkey);
  });
});
