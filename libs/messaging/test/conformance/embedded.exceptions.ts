import type { Exception } from './conformance.js';

/**
 * Where the embedded server (fauxqs) answers otherwise than AWS. What hangs on one of these is shown against the
 * simulator, since a test against the embedded server would not show it.
 */
export const exceptions: readonly Exception[] = [
  {
    case: 'the most recent receipt handle deletes a message whose visibility timeout is over',
    answers: ['a'],
    why: 'It forgets a receipt handle as soon as the message is visible again.',
  },
  {
    case: 'an extension with a stale receipt handle succeeds and extends nothing',
    answers: { single: 'MessageNotInflight', failed: 1, visible: ['a'] },
    why: 'It refuses, so that a consumer learns of a lost message that AWS would not tell it of.',
  },
  { case: 'the delay is at most 15 minutes', answers: 'nothing', why: 'It takes any delay.' },
  { case: 'SQS-11: more than ten attributes are refused', answers: ['nothing', 'nothing'], why: 'It counts none.' },
  {
    case: 'a fair queue: a standard queue takes a group id and gives it back',
    answers: [undefined],
    why: 'It drops the group id of a standard queue.',
  },
  {
    case: 'FIFO: a receive gives as many messages of one group as there is room for, in order',
    answers: ['a'],
    why: 'It gives one message of a group in each receive, so that none ever waits behind another in a consumer.',
  },
  {
    case: 'FIFO: a receipt handle whose visibility timeout is over deletes nothing, and is refused',
    answers: { refused: [], still: ['a'] },
    why: 'It says yes, as a standard queue does.',
  },
  {
    case: 'FIFO: the name says so, and the attribute too',
    answers: [false, true],
    why: 'A name that ends with .fifo suffices.',
  },
  {
    case: 'SQS-11: SNS: raw delivery silently discards a message with more than ten attributes',
    answers: { error: 'nothing', bodies: ['10', '11'] },
    why: 'It delivers any number of attributes.',
  },
];
