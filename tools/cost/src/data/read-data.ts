import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CostDataError } from '../cost.errors.js';

/** Where a file of the committed data lies, seen from `src` and from `dist` alike. */
export function dataFile(name: string): string {
  return join(import.meta.dirname, '..', '..', 'data', name);
}

/** Reads a JSON file by its schema. Throws a {@link CostDataError} that says which file, and what is wrong in it. */
export function readData<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CostDataError(`${file} cannot be read`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CostDataError(`${file} is no JSON`, { cause });
  }
  const read = schema.safeParse(value);
  if (!read.success) throw new CostDataError(`${file}: ${z.prettifyError(read.error).replaceAll('\n', ' ')}`);
  return read.data;
}
