export { AwsSimulator, type AwsSimulatorOptions, type SimulatedMessage } from './aws-simulator.js';
export type { Connection } from './wire/connection.js';
export type { DeadLetter } from './harness/dead-letters.js';
export type { Fault, FaultRates, FaultTarget, Faults, Injection } from './faults.js';
export type { History, SimulatedEvent } from './history.js';
export {
  type HarnessParts,
  type PublishOptions,
  TestHarness,
  type TestHarnessOptions,
  createTestHarness,
} from './harness/test-harness.js';
export { HarnessTimeoutError } from './testing.errors.js';
