export { FAULT_KINDS, nameOf } from './faults/fault.js';
export { FAULTS, UnknownFaultError } from './faults/faults.js';
export { type ChaosOptions, type ChaosReport, runChaos } from './chaos.js';
export type { Violation } from './history.js';
export type { Check } from './invariants.js';
