export { type DeadLetterPair, type Depth, type OperatedQueue, openDeadLetters, openQueue } from './operated-queue.js';
export { type PeekReport, type Place, peek, survey } from './peek.js';
export type { Problem } from './problems.js';
export { purge } from './purge.js';
export { type RedriveOptions, type RedriveReport, redrive } from './redrive.js';
export type { Selection, Tally } from './selection.js';
export { EXHAUSTED, type StoredMessage } from './stored-message.js';
export type { SweepOptions, SweepProgress, SweepReport } from './sweep.js';
