import { storeServices } from '@lethe/contracts';
import { z } from 'zod';
import type { RunCommand } from './run-command.js';

/** Git's name for nothing at all: compared with it, everything has changed. Source: `git hash-object -t tree /dev/null`. */
export const NOTHING = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const projectsSchema = z.array(z.string());

/**
 * What `nx affected` compares with: the last commit deployed, as long as it is one of this branch's own. Before the first
 * deployment, and where history was written anew, everything is affected.
 */
export async function baseOf(deployed: string | undefined, root: string, run: RunCommand): Promise<string> {
  if (deployed === undefined) return NOTHING;
  const known = (await run('git', ['rev-list', 'HEAD'], { cwd: root })).split('\n');
  return known.includes(deployed) ? deployed : NOTHING;
}

/** The projects that a change since `base` may have altered. */
export async function affectedProjects(base: string, root: string, run: RunCommand): Promise<string[]> {
  const nx = ['node_modules/nx/dist/bin/nx.js', 'show', 'projects', '--affected', `--base=${base}`, '--head=HEAD'];
  return projectsSchema.parse(JSON.parse(await run(process.execPath, [...nx, '--json'], { cwd: root })));
}

/** What is in every image and belongs to no project that a service depends on: how images are made. */
const OF_EVERY_IMAGE = ['docker', 'tools/images'];

/** The services whose images a change since `base` may have altered, by name, in the order of the store. */
export async function affectedServices(base: string, root: string, run: RunCommand): Promise<string[]> {
  const services = storeServices.map(({ name }) => name);
  const making = await run('git', ['diff', '--name-only', base, 'HEAD', '--', ...OF_EVERY_IMAGE], { cwd: root });
  if (making.trim() !== '') return services;
  const projects = await affectedProjects(base, root, run);
  return services.filter((name) => projects.includes(`@lethe/${name}`));
}
