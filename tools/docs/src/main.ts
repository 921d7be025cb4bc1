import { store } from '@lethe/contracts';
import { environmentPage, readEnvironments } from './environment-page.js';
import { staleFiles, writeFiles } from './generated-file.js';
import { messagesPage } from './messages-page.js';
import { readPermissionsPage } from './permissions-page.js';
import { BreakingChangeError, releasedSchemas } from './released-schemas.js';
import { RequirementError, readTests, requirementsPage } from './requirements-page.js';
import { requirementGroups } from './requirements.js';
import { securityGroups } from './security-requirements.js';

const USAGE = 'usage: main.js generate | check | release';
const root = process.cwd();
const REQUIREMENTS = { path: 'docs/requirements.md', title: 'Requirements and the tests that show them' };
const SECURITY = { path: 'docs/security.md', title: 'Security requirements and the tests that show them' };

async function pages() {
  const tests = readTests(root);
  return [
    messagesPage(store),
    environmentPage(await readEnvironments(root)),
    await readPermissionsPage(root),
    requirementsPage(REQUIREMENTS, requirementGroups, tests),
    requirementsPage(SECURITY, securityGroups, tests),
  ];
}

async function run(command: string | undefined): Promise<number> {
  if (command === 'generate' || command === 'release') {
    const written = writeFiles(root, command === 'release' ? releasedSchemas(root) : await pages());
    process.stdout.write(`${written.map((path) => `wrote ${path}\n`).join('')}${written.length} files changed\n`);
    return 0;
  }
  if (command === 'check') {
    const stale = staleFiles(root, await pages());
    for (const path of stale) process.stderr.write(`${path} is stale: run npm run docs\n`);
    return stale.length === 0 ? 0 : 1;
  }
  process.stderr.write(`${USAGE}\n`);
  return 2;
}

try {
  process.exitCode = await run(process.argv[2]);
} catch (error) {
  if (!(error instanceof BreakingChangeError || error instanceof RequirementError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
