export { AwsSimulator, type AwsSimulatorOptions, type SimulatedMessage } from './aws-simulator.js';
export type { Connection } from './connection.js';
export type { Fault, FaultRates, FaultTarget, Faults, Injection } from './faults.js';
export type { History, SimulatedEvent } from './history.js';
