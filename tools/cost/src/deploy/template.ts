import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlanError } from '../cost.errors.js';

const resourceSchema = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema).default({}) });

export type Resource = z.output<typeof resourceSchema>;

/** A stack as it was synthesized. */
export interface StackTemplate {
  readonly stack: string;
  readonly resources: Readonly<Record<string, Resource>>;
}

const SUFFIX = '.template.json';

/** Reads the templates of a folder that CDK has written. Throws a {@link PlanError} where there is none. */
export function readTemplates(dir: string): StackTemplate[] {
  let files: string[];
  try {
    files = readdirSync(dir).filter((file) => file.endsWith(SUFFIX));
  } catch (cause) {
    throw new PlanError(`${dir} cannot be read`, { cause });
  }
  if (files.length === 0) throw new PlanError(`${dir} has no template: is it what cdk synth has written?`);
  return files.sort().map((file) => {
    const read = templateSchema.safeParse(JSON.parse(readFileSync(join(dir, file), 'utf8')));
    if (!read.success) throw new PlanError(`${file} is no template: ${z.prettifyError(read.error)}`);
    return { stack: file.slice(0, -SUFFIX.length), resources: read.data.Resources };
  });
}

/** All resources of a type. */
export function ofType(stacks: readonly StackTemplate[], type: string): Resource[] {
  return stacks.flatMap(({ resources }) => Object.values(resources).filter(({ Type }) => Type === type));
}
