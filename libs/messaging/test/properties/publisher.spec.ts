import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Publishing, type PublishingReport, publish, publishings } from './publishing.js';

const RUNS = { numRuns: 100, seed: 20_260_101 };

function always(law: (report: PublishingReport) => void): Promise<void> {
  const property = fc.asyncProperty(publishings, async (publishing: Publishing) => law(await publish(publishing)));
  return fc.assert(property, RUNS);
}

describe('MessagePublisher under random faults', () => {
  it('R19: loses nothing that it says was accepted', async () => {
    await always(({ published, arrived }) => {
      const accepted = published.filter(({ error }) => error === undefined).map(({ id }) => id);

      expect(accepted.filter((id) => !arrived.includes(id))).toEqual([]);
    });
  });

  it('keeps the order of each FIFO group, whatever failed in between', async () => {
    await always(({ published, arrived }) => {
      for (const group of ['a', 'b', 'c']) {
        const issued = published.filter((one) => one.fifo && one.group === group).map(({ id }) => id);
        const there = arrived.filter((id) => issued.includes(id));

        expect(there).toEqual(issued.filter((id) => there.includes(id)));
      }
    });
  });

  it('refers only to data that is in S3, where a message is too large for its queue', async () => {
    await always(({ dangling }) => expect(dangling).toEqual([]));
  });

  it('SQS-9: brings each message to a FIFO queue once, though answers are lost', async () => {
    await always(({ published, arrived }) => {
      const ordered = arrived.filter((id) => published.some((one) => one.id === id && one.fifo));

      expect(ordered).toHaveLength(new Set(ordered).size);
    });
  });
});
