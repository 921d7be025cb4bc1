import { z } from 'zod';
import { CostDataError } from '../cost.errors.js';
import { type Limits, limitsSchema } from './limits.js';
import { type Platform, platformSchema } from './platform.js';
import { type PriceList, pricesSchema } from './prices.js';
import { type Profile, profileSchema } from './profile.js';
import { dataFile, readData } from './read-data.js';
import { type StageSizes, stageSizesSchema } from './stage-sizes.js';

/** Files that take the place of the committed ones. */
export interface CostFiles {
  readonly profile?: string | undefined;
  readonly prices?: string | undefined;
  readonly limits?: string | undefined;
}

/** Everything that the model reads. */
export interface ModelData {
  readonly profile: Profile;
  readonly prices: PriceList;
  readonly limits: Limits;
  readonly platform: Platform;
}

/** Reads the data of the model. Throws a {@link CostDataError}. */
export function readCostData(files: CostFiles = {}): ModelData {
  return {
    profile: readData(files.profile ?? dataFile('profile.json'), profileSchema),
    prices: readData(files.prices ?? dataFile('prices.eu-west-1.json'), pricesSchema),
    limits: readData(files.limits ?? dataFile('limits.eu-west-1.json'), limitsSchema),
    platform: readData(dataFile('platform.json'), platformSchema),
  };
}

/** The stage with the name. Throws a {@link CostDataError}. */
export function stageNamed(name: string): StageSizes {
  const stages = readData(dataFile('stages.json'), z.array(stageSizesSchema));
  const stage = stages.find((one) => one.name === name);
  if (stage === undefined)
    throw new CostDataError(`there is no stage ${name}: ${stages.map((one) => one.name).join(', ')}`);
  return stage;
}
