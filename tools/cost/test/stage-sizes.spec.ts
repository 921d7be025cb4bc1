import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { dataFile, readData } from '../src/data/read-data.js';
import { stageSizesSchema } from '../src/data/stage-sizes.js';

/** Read as a file: the package itself brings all of CDK along, which a model of numbers should not. */
const STAGES = join(import.meta.dirname, '..', '..', '..', 'apps', 'infra', 'src', 'stages', 'stages.ts');

describe('the sizes of the stages', () => {
  it('are those that apps/infra deploys', async () => {
    const deployed: unknown = await import(STAGES);
    const sizes = z.object({ stages: z.array(stageSizesSchema) }).parse(deployed);

    expect(readData(dataFile('stages.json'), z.array(stageSizesSchema))).toEqual(sizes.stages);
  });
});
