export { type Deferred, deferred } from './deferred.js';
export { type EventuallyOptions, eventually } from './eventually.js';
export { FakeClock } from './fake-clock.js';
export { type Recorder, recorder } from './recorder.js';
export { NeverHappenedError } from './testing.errors.js';
