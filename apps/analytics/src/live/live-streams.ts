import { type EventStream, EventStreams, type StreamLimits } from '@lethe/service-kit';
import type { Timers } from '@lethe/kernel';

/** What is told, as JSON, and a number that rises when there is something new. */
export interface Present {
  readonly version: number;
  readonly data: string;
}

const LIMITS = { total: 500, perCaller: 10, pollMs: 1_000 };

/** The open streams of the present. A client that does not read is passed over: what counts is the newest. */
export class LiveStreams extends EventStreams {
  constructor(look: () => Promise<Present>, limits: Partial<StreamLimits> = {}, timers?: Timers) {
    const tellAll = async (streams: readonly EventStream[]): Promise<void> => {
      const { version, data } = await look();
      for (const stream of streams)
        if (stream.after !== version && !stream.isBehind) stream.tell(version, 'totals', data);
    };
    super({ name: 'the present', tellAll, limits: { ...LIMITS, ...limits } }, timers);
  }
}
