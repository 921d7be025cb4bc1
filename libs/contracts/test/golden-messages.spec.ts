import { describe, expect, it } from '@jest/globals';
import { decodeEnvelope, encodeMessage, readMessage } from '@lethe/topology';
import { Clicks, EnrichedClicks, store } from '../src/index.js';
import { goldenMessage, goldenNames, withUnknownMembers } from './golden-samples.js';

const producers = store.services.flatMap(({ name, publishes, sends }) =>
  [...publishes, ...sends].map((definition) => ({ service: name, type: definition.type, definition })),
);
const consumers = store.services.flatMap(({ name, handles }) =>
  handles.map((definition) => ({ service: name, type: definition.type, definition })),
);

describe('golden samples of messages', () => {
  it('exist for every message and stream of the store, and for nothing else', () => {
    const declared = new Set([...producers, ...consumers].map(({ type }) => type));

    expect(goldenNames().messages.toSorted()).toEqual([...declared, Clicks.name, EnrichedClicks.name].toSorted());
  });

  it.each(producers)('$service writes $type exactly so', ({ service, type, definition }) => {
    const sample = goldenMessage(type);
    const { id, time, subject, traceparent, data } = decodeEnvelope(JSON.stringify(sample));

    const written = encodeMessage(definition, data, {
      id,
      source: service,
      time: Date.parse(time),
      subject,
      traceparent,
    });

    expect(JSON.parse(written)).toEqual(sample);
  });

  it.each(consumers)('$service reads $type', ({ type, definition }) => {
    const sample = goldenMessage(type);

    const message = readMessage(definition, decodeEnvelope(JSON.stringify(sample)));

    expect(sample).toMatchObject({ id: message.id, type, source: message.source, data: message.data });
  });

  it.each(consumers)('R22: $service reads a $type that a later version wrote', ({ type, definition }) => {
    const sample = goldenMessage(type);
    const later = withUnknownMembers(sample);

    expect(readMessage(definition, decodeEnvelope(JSON.stringify(later)))).toEqual(
      readMessage(definition, decodeEnvelope(JSON.stringify(sample))),
    );
  });
});

describe.each([Clicks, EnrichedClicks])('golden samples of the stream $name', ({ name, schema }) => {
  const sample = goldenMessage(name);

  it('are records as their writer writes them', () => {
    expect(schema.parse(sample)).toEqual(sample);
  });

  it('R22: are read though a later version wrote them', () => {
    expect(schema.parse(withUnknownMembers(sample))).toEqual(sample);
  });
});

describe('the streams', () => {
  it('keep the clicks of one session in order', () => {
    expect(Clicks.partitionKey(Clicks.schema.parse(goldenMessage(Clicks.name)))).toBe('s-7f3a');
    const enriched = EnrichedClicks.schema.parse(goldenMessage(EnrichedClicks.name));
    expect(EnrichedClicks.partitionKey(enriched)).toBe('s-7f3a');
  });
});
