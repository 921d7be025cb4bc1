import { defineCommand, defineEvent, defineService, defineTopology, encodeMessage } from '@lethe/topology';
import { z } from 'zod';

const data = z.object({ n: z.int() });

/** The message that every contender consumes. */
export const Work = defineCommand({ owner: 'worker', name: 'work', version: 1, description: 'Work to do.', data });
export const Happened = defineEvent({
  owner: 'maker',
  name: 'happened',
  version: 1,
  description: 'Something happened.',
  data,
});

export const maker = defineService({ name: 'maker', publishes: [Happened], sends: [Work] });
export const worker = defineService({ name: 'worker', handles: [Work, Happened] });

export function benchTopology(name: string) {
  return defineTopology(name, [maker, worker]);
}
export type BenchTopology = ReturnType<typeof benchTopology>;

/** CloudEvents JSON that ends in the number, see {@link numberOf}. */
export function workBody(n: number, id: string, time: number): string {
  return encodeMessage(Work, { n }, { id, source: 'maker', time });
}

/** The number of a message as a handler gets at it that is handed the text. */
export function parseWork(body: string | undefined): number {
  return (JSON.parse(body ?? '') as { readonly data: { readonly n: number } }).data.n;
}

/** The number of a message, read from the end of its body: for the probe, much cheaper than parsing. */
export function numberOf(body: string): number {
  return Number.parseInt(body.slice(body.lastIndexOf(':') + 1), 10);
}
