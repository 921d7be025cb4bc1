// Apart from the rest, since it needs the client of SQS.
export type { DeadLetter, DeadLetters } from './consumer/handling/dead-letters/dead-letters.js';
export type { WrittenLetter } from './consumer/handling/dead-letters/letter-body.js';
export { SqsDeadLetters, type SqsDeadLettersOptions } from './consumer/handling/dead-letters/sqs-dead-letters.js';
export { type RedriveOptions, type RedriveReport, redriveLetters } from './redrive/redrive.js';
export { DeadLettersRefusedError } from './streaming.errors.js';
