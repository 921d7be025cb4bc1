import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BuildahError } from './images.errors.js';

/** Images and containers of its own, beside whatever else the machine has. */
export interface Buildah {
  /** A folder for what is made. */
  readonly folder: string;
  /** Runs a command, with no isolation but a root of its own, and gives what it prints. Throws a {@link BuildahError}. */
  readonly run: (...args: readonly string[]) => string;
  /** Ends it: nothing is left. */
  readonly close: () => void;
}

/** Why there can be no image on this machine, or undefined where there can. */
export function buildahMissing(): string | undefined {
  if (process.platform !== 'linux') return 'images are of Linux, and this machine is not';
  if (process.getuid?.() !== 0) return 'only root may mount what an image is made of';
  const missing = ['buildah', 'unshare', 'setpriv'].filter((name) => spawnSync(name, ['--version']).status !== 0);
  return missing.length === 0 ? undefined : `no ${missing.join(', no ')} (Debian: apt-get install buildah util-linux)`;
}

/** Opens a store of images that is empty. */
export function openBuildah(): Buildah {
  const folder = mkdtempSync(join(tmpdir(), 'lethe-image-'));
  const places = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run')];
  const run = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('buildah', [...places, ...args], {
      encoding: 'utf8',
      env: { ...process.env, BUILDAH_ISOLATION: 'chroot' },
    });
    if (status !== 0) throw new BuildahError(args, stderr);
    return stdout.trim();
  };
  const close = (): void => {
    run('rm', '--all');
    run('rmi', '--all', '--force');
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, run, close };
}

/**
 * Makes images that stand in for the two bases of the Dockerfile, whose registries are not asked: what this Node links to
 * and nothing else, and the same with this Node in it. Gives their names.
 */
export function localBases(buildah: Buildah): { readonly base: string; readonly node: string } {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  const base = imageOf(buildah, { name: 'localhost/lethe-base', from: 'scratch', files: libraries });
  const [node, bin] = [join(buildah.folder, 'node'), '/usr/local/bin/node'];
  execFileSync('cp', ['-L', process.execPath, node]);
  return {
    base,
    node: imageOf(buildah, { name: 'localhost/lethe-node', from: base, files: [], renamed: { [bin]: node } }),
  };
}

function imageOf(
  { folder, run }: Buildah,
  image: { name: string; from: string; files: readonly string[]; renamed?: Readonly<Record<string, string>> },
): string {
  const root = mkdtempSync(join(folder, 'root-'));
  for (const at of ['proc', 'tmp', 'dev']) mkdirSync(join(root, at));
  // Everybody's, as on any system.
  chmodSync(join(root, 'tmp'), 0o1777);
  const all = { ...Object.fromEntries(image.files.map((file) => [file, file])), ...image.renamed };
  for (const [to, from] of Object.entries(all)) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    execFileSync('cp', ['-L', from, join(root, to)]);
  }
  const container = run('from', image.from);
  run('copy', '--quiet', container, root, '/');
  run(
    'commit',
    '--quiet',
    '--timestamp',
    String(Math.floor(statSync(process.execPath).mtimeMs / 1_000)),
    container,
    image.name,
  );
  run('rm', container);
  return image.name;
}
