import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { DeliveryError } from './delivery.errors.js';
import type { BuiltImage } from './images.js';
import { repositoryName } from './names.js';

const packageSchema = z.object({
  version: z.string().default(''),
  link: z.boolean().default(false),
  resolved: z.string().default(''),
  integrity: z.string().default(''),
  license: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
  peerDependenciesMeta: z.record(z.string(), z.unknown()).default({}),
});
const lockSchema = z.object({ packages: z.record(z.string(), packageSchema) });

type Lock = z.output<typeof lockSchema>['packages'];

/** Where the bill of materials of an image lies: by digest, so that it is found for what runs. */
export const billKey = (service: string, digest: string): string =>
  `sbom/${service}/${digest.replace(':', '-')}.cdx.json`;

/** The lock's entry that a package is given when it asks for a name: the nearest, as Node looks for it. */
function resolve(from: string, name: string, lock: Lock): string | undefined {
  const parts = from.split('/node_modules/');
  const folders = parts.map((_, at) => `${parts.slice(0, parts.length - at).join('/node_modules/')}/`);
  for (const folder of [...folders, '']) {
    const entry = lock[`${folder}node_modules/${name}`];
    if (entry !== undefined) return entry.link ? entry.resolved : `${folder}node_modules/${name}`;
  }
  return undefined;
}

/**
 * The packages that an app may have in its image, with what each of them asks for: the closure of its dependencies by the
 * lock file. (`npm sbom` follows development's dependencies of workspaces, and loses packages that others share.)
 */
function closureOf(app: string, lock: Lock): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const waiting = [app];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entry = lock[at];
    if (entry === undefined || found.has(at)) continue;
    const from = at;
    const given = askedBy(entry).flatMap((name) => resolve(from, name, lock) ?? []);
    found.set(at, given);
    waiting.push(...given);
  }
  return found;
}

/** What is only there because somebody else wants it is bundled all the same: adapters of a framework. */
function askedBy(entry: z.output<typeof packageSchema>): string[] {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = entry;
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies, ...peerDependenciesMeta });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const urlOf = (path: string, { version }: { version: string }): string =>
  `pkg:npm/${nameOf(path).replace('@', '%40')}@${version}`;

interface Component {
  readonly type: 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[];
  readonly licenses?: readonly { readonly expression: string }[];
}

/** What is read of a bill; it has more. */
interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly components: readonly Component[];
}

/** A bill of materials in CycloneDX 1.6. Throws a {@link DeliveryError} where the lock file does not know the app. */
export function billOf({ service, digest }: Pick<BuiltImage, 'service' | 'digest'>, root: string): Bill {
  const { packages: lock } = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const closure = closureOf(`apps/${service}`, lock);
  if (closure.size === 0) throw new DeliveryError(`package-lock.json has no apps/${service}`);
  const external = [...closure.keys()].filter((path) => path.includes('node_modules/')).sort();
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'container', name: repositoryName(service), version: digest, 'bom-ref': digest } },
    components: external.map((path) => componentOf(path, lock)),
    dependencies: external.map((path) => ({
      ref: path,
      dependsOn: (closure.get(path) ?? []).filter((one) => one.includes('node_modules/')).sort(),
    })),
  } as const;
  return bill;
}

function componentOf(path: string, lock: Lock): Component {
  const entry = lock[path] ?? packageSchema.parse({});
  const [, sha512] = /sha512-(\S+)/.exec(entry.integrity) ?? [];
  return {
    type: 'library',
    'bom-ref': path,
    name: nameOf(path),
    version: entry.version,
    purl: urlOf(path, entry),
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
    ...(entry.license === undefined ? {} : { licenses: [{ expression: entry.license }] }),
  };
}

/** Writes down which packages an image may hold. */
export async function writeBill(s3: S3Client, bucket: string, image: BuiltImage, root: string): Promise<string> {
  const Key = billKey(image.service, image.digest);
  const Body = JSON.stringify(billOf(image, root));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: 'application/vnd.cyclonedx+json' }));
  return Key;
}
