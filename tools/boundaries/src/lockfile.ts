import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      link: z.boolean().optional(),
      optionalDependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
type Packages = z.output<typeof lockSchema>['packages'];

/** The version that `name` has where it is wanted from, as Node looks for it: inside first, then outwards. */
function versionSeenFrom(packages: Packages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`];
    if (found) return found.version;
    if (!folder.includes('/node_modules/')) return packages[`node_modules/${name}`]?.version;
  }
}

/**
 * What would keep the lock from working elsewhere: addresses of one registry, and packages for other platforms that
 * the machine which wrote it left out; `npm ci` then fails with "Missing: … from lock file".
 */
export function lockFaults(text: string): string[] {
  const { packages } = lockSchema.parse(JSON.parse(text));
  const addressed = Object.entries(packages).filter(
    ([, { link, resolved }]) => link !== true && resolved !== undefined,
  );
  const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => /^\d/.test(version) && versionSeenFrom(packages, from, name) !== version)
      .map(([name, version]) => `package-lock.json lacks ${name} ${version}, an option of ${from}`),
  );
  return [...addressed.map(([name]) => `package-lock.json says where ${name} was downloaded from`), ...missing];
}
