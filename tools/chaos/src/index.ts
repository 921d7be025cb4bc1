export { type ChaosOptions, type ChaosReport, runChaos } from './chaos.js';
export type { Violation } from './history.js';
export type { Check } from './invariants.js';
