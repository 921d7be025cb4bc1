import { type DeserializeMiddleware } from '@smithy/types';
import { type ServerClock } from './server-clock.js';

/** As much of the SDK's raw HTTP answer as is read here. */
interface RawAnswer {
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where {@link learnTime} stands: inside of what reads the answer, so that refusals of DynamoDB count as well. */
export const LEARN_TIME = { name: 'letheTime', step: 'deserialize', priority: 'low' } as const;

/** Makes the clock learn from the answer to a command, whatever became of it. */
export function learnTime<Input extends object, Output extends object>(
  clock: ServerClock,
): DeserializeMiddleware<Input, Output> {
  return (next) => async (args) => {
    const sentAt = clock.ownNow();
    const result = await next(args);
    const { headers } = result.response as RawAnswer;
    clock.observe({ date: headers?.['date'], sentAt, receivedAt: clock.ownNow() });
    return result;
  };
}
