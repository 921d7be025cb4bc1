import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { DeliveryError } from './delivery.errors.js';

const manifestSchema = z.object({
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  /** What the commit was compared with. */
  base: z.string().regex(/^[0-9a-f]{40}$/),
  /** By service. */
  digests: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
});

/** What goes from stage to stage: a commit, and digests of the images that it has altered. */
export type Manifest = Readonly<z.output<typeof manifestSchema>>;

export function writeManifest(file: string, manifest: Manifest): void {
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Throws a {@link DeliveryError} where the file is no manifest: a tag in place of a digest is none. */
export function readManifest(file: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new DeliveryError(`${file} is no manifest of images`, { cause });
  }
}
