import { describe, expect, it } from '@jest/globals';
import { dataFile, readData } from '../data/read-data.js';
import { profileSchema } from '../data/profile.js';
import { driftOf } from './drift.js';

const profile = readData(dataFile('profile.json'), profileSchema);
const measured = Object.fromEntries(Object.entries(profile.services).map(([name, { perOrder }]) => [name, perOrder]));

describe('the calls of an order', () => {
  it('are those of the profile where nothing has changed', () => {
    expect(driftOf(profile, measured)).toEqual([]);
  });

  it('have moved away where one was added, or was left out', () => {
    const { orders, catalog } = measured;
    if (orders === undefined || catalog === undefined) throw new Error('the profile has lost its services');
    const more = { ...orders, calls: { ...orders.calls, 'dynamodb.PutItem': 1 } };
    const less = { ...catalog, calls: { ...catalog.calls, 'sns.PublishBatch': 0 } };

    expect(driftOf(profile, { ...measured, orders: more, catalog: less })).toEqual([
      expect.objectContaining({ service: 'catalog', operation: 'sns.PublishBatch', now: 0 }),
      expect.objectContaining({ service: 'orders', operation: 'dynamodb.PutItem', profile: 0, now: 1 }),
    ]);
  });

  it('do not count receives, which depend on how long one waits', () => {
    const { orders } = measured;
    if (orders === undefined) throw new Error('the profile has lost its services');
    const polling = { ...orders, calls: { ...orders.calls, 'sqs.ReceiveMessage': 50 } };
    expect(driftOf(profile, { ...measured, orders: polling })).toEqual([]);
  });
});
