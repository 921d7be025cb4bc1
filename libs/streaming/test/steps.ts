import { defineStream } from '@lethe/topology';
import { z } from 'zod';

export const Steps = defineStream({
  owner: 'shop',
  name: 'steps',
  description: 'Numbered steps per key.',
  data: z.object({ key: z.string(), n: z.int() }),
  partitionKey: ({ key }) => key,
  shards: 1,
});
/** The same steps, with room for padding. */
export const WideSteps = defineStream({
  owner: 'shop',
  name: 'wide-steps',
  description: 'Numbered steps per key, as large as one likes.',
  data: z.object({ key: z.string(), n: z.int(), padding: z.string() }),
  partitionKey: ({ key }) => key,
  shards: 1,
});
