export { AwsSimulator, type AwsSimulatorOptions, type SimulatedMessage } from './aws-simulator.js';
export type { Connection } from './connection.js';
export type { DeadLetter } from './dead-letters.js';
export type { Fault, FaultRates, FaultTarget, Faults, Injection } from './faults.js';
export type { History, SimulatedEvent } from './history.js';
export {
  type HarnessParts,
  type PublishOptions,
  TestHarness,
  type TestHarnessOptions,
  createTestHarness,
} from './test-harness.js';
export { HarnessTimeoutError } from './testing.errors.js';
