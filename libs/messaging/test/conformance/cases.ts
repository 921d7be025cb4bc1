import type { ConformanceCase } from './conformance.js';
import { fifoQueueCases } from './fifo-queue.cases.js';
import { objectCases } from './object.cases.js';
import { sendingCases } from './sending.cases.js';
import { standardQueueCases } from './standard-queue.cases.js';
import { topicCases } from './topic.cases.js';

/** Every question of the conformance suite. */
export const cases: readonly ConformanceCase[] = [
  ...standardQueueCases,
  ...sendingCases,
  ...fifoQueueCases,
  ...topicCases,
  ...objectCases,
];
