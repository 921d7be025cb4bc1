import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { storeFunctions } from '@lethe/contracts';
import { type RoleStatement, readRoleStatements } from '@lethe/infra/audit';
import { root } from '@lethe/store';

/** What each role may do in production, as the app synthesizes it: in a process of its own, without an account. */
export async function synthesizedRoles(identityProvider: 'own' | 'cognito' = 'own'): Promise<RoleStatement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-roles-'));
  try {
    const [out, bundles] = [join(folder, 'out'), join(folder, 'bundles')];
    // What a bundle holds is not looked at.
    for (const { handler } of storeFunctions) {
      mkdirSync(join(bundles, handler), { recursive: true });
      writeFileSync(join(bundles, handler, 'index.mjs'), '');
    }
    await promisify(execFile)(process.execPath, [join(root, 'apps', 'infra', 'dist', 'main.js')], {
      env: {
        PATH: process.env['PATH'] ?? '',
        CDK_OUTDIR: out,
        CDK_VALIDATION: 'false',
        CDK_CONTEXT_JSON: JSON.stringify({ stage: 'production', identityProvider, bundles }),
      },
      maxBuffer: 64 * 1_048_576,
    });
    return readRoleStatements(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
