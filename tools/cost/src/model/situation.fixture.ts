import { readCostData, stageNamed } from '../data/cost-data.js';
import { DEPLOYED } from './choices.js';
import type { Demand, Situation } from './load.js';

/** The committed data. */
export const data = readCostData();

/** A situation of the committed data. */
export function situationOf(demand: Demand, changed: Partial<Omit<Situation, 'demand'>> = {}): Situation {
  const { profile, platform } = data;
  return { demand, profile, platform, stage: stageNamed('production'), choices: DEPLOYED, ...changed };
}
