import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { GeneratedFile } from './generated-file.js';

const madeSchema = z.object({ permissionsPage: z.custom<() => unknown>((value) => typeof value === 'function') });
const pageSchema = z.object({ path: z.string(), text: z.string() });

/** The page of every role's statements, made by the built infrastructure, since nothing imports an app. Throws a ZodError. */
export async function readPermissionsPage(root: string): Promise<GeneratedFile> {
  const file = join(root, 'apps', 'infra', 'dist', 'index.js');
  const exported: unknown = await import(pathToFileURL(file).href);
  return pageSchema.parse(madeSchema.parse({ ...(exported as object) }).permissionsPage());
}
