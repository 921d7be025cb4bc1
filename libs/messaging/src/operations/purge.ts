import { type Place, placeOf } from './peek.js';
import { type SweepOptions, type SweepReport, sweep } from './sweep.js';

/**
 * Deletes messages for good: those that are there now and that the filters fit, not those that arrive meanwhile, which
 * SQS's own PurgeQueue would take along. {@link survey} tells beforehand what that will be. Throws a
 * {@link DestinationError} where the queue is missing.
 */
export async function purge(options: SweepOptions & Place): Promise<SweepReport> {
  return sweep(
    await placeOf(options),
    options,
    async (messages, walk) => messages.length - (await walk.delete(messages)).length,
  );
}
