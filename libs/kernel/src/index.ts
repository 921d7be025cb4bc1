export { type Actor, MAX_ACTOR_LENGTH, actAs, currentActor, formatActor, parseActor, runAs } from './actor.js';
export { type BackoffOptions, fullJitter } from './backoff.js';
export { type Clock, systemClock } from './clock.js';
export { UnknownCurrencyError, currencies, isCurrency, minorDigits } from './currency.js';
export {
  type Money,
  MoneyError,
  addMoney,
  formatMoney,
  money,
  parseMoney,
  sumMoney,
  timesMoney,
  writeMoney,
} from './money.js';
export {
  type ProblemDetails,
  ProblemError,
  type ProblemFault,
  type ProblemOptions,
  problemOfStatus,
} from './problem.js';
export { type Timers, pause, systemTimers, withinTime } from './timers.js';
export {
  type TraceContext,
  childTrace,
  currentTrace,
  formatTraceparent,
  parseTraceparent,
  runInTrace,
} from './trace.js';
export { isUuid, timeOfUuidv7, uuidv7 } from './uuid.js';
