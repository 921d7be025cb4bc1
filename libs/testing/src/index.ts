export { type Deferred, deferred } from './deferred.js';
export { type EventuallyOptions, eventually } from './eventually.js';
export { FakeClock } from './fake-clock.js';
export { Instants, Killed } from './instants.js';
export { type ModelRuns, modelRuns } from './model-runs.js';
export { type Recorder, recorder } from './recorder.js';
export { NeverHappenedError } from './testing.errors.js';
