import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { copyBinaries, packagedDirectory } from '../src/emulators/postgres/postgres-binaries.js';

describe('copyBinaries', () => {
  it('makes a copy that another user can run while the original is out of reach', async () => {
    const shared = await mkdtemp(join(tmpdir(), 'lethe-binaries-'));
    await chmod(shared, 0o755);
    const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { native, version } = packagedDirectory();
    const copy = join(shared, `lethe-postgres-${version}`);

    copyBinaries(native, copy);
    copyBinaries(native, copy);
    const links = spawnSync('find', [copy, '-type', 'l', '-lname', '/*'], { encoding: 'utf8' });
    const said = spawnSync(join(copy, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/', encoding: 'utf8' });
    await rm(shared, { recursive: true });

    expect(said.stdout).toMatch(/PostgreSQL/);
    expect(links.stdout).toBe('');
  });
});
