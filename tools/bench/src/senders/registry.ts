import { letheBatches, letheConcurrent, letheOneByOne } from './lethe.senders.js';
import { sdkBatches, sdkOneByOne } from './sdk.senders.js';
import type { Sender } from './sender.js';

/** All that send, in the order of the report. */
export const senders: readonly Sender[] = [sdkOneByOne, sdkBatches, letheOneByOne, letheConcurrent, letheBatches];
