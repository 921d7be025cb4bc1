import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFaults } from './built.js';
import { dependencyFaults, peerFaults, versionFaults } from './dependencies.js';
import { lockFaults } from './lockfile.js';
import { manifestFaults } from './manifests.js';
import { outboundFaults } from './outbound.js';
import { findProjects, readManifest } from './projects.js';
import { timerFaults } from './timers.js';

const root = process.cwd();
const projects = findProjects(root);
const faults = [
  ...projects.flatMap(manifestFaults),
  ...projects.flatMap((project) => dependencyFaults(project, projects)),
  ...versionFaults([...projects, { folder: 'the root', manifest: readManifest(root) }]),
  ...peerFaults(projects),
  ...builtFaults(root),
  ...outboundFaults(root),
  ...timerFaults(root),
  ...lockFaults(readFileSync(join(root, 'package-lock.json'), 'utf8')),
];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(`boundaries: ${projects.length} projects, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 && projects.length > 0 ? 0 : 1;
