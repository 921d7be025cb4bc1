import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LakeEvent } from '@lethe/contracts';
import type { Database } from '@lethe/database';
import { LakeObjects, MANIFEST_KEY } from '@lethe/warehouse';
import { TestLake, click, sale } from './lake.fixture.js';

/** Dies right after its n-th effect, which is before the next; with none before the first. */
class Mortal {
  effects = 0;

  constructor(private readonly last: number) {}

  async do<T>(work: () => Promise<T>): Promise<T> {
    this.effects += 1;
    if (this.effects > this.last) throw new Error('dead');
    return work();
  }

  database(database: Database): Pick<Database, 'query' | 'transaction'> {
    return {
      query: (statement, values) => this.do(() => database.query(statement, values)),
      transaction: (work, options) =>
        this.do(() =>
          database.transaction(async (tx) => work({ ...tx, query: (...args) => this.do(() => tx.query(...args)) }), {
            ...options,
            attempts: 1,
          }),
        ),
    };
  }

  objects(lake: TestLake): LakeObjects {
    const objects = new LakeObjects(lake.clients.s3, lake.settings.bucket);
    const [put, remove] = [objects.put.bind(objects), objects.delete.bind(objects)];
    objects.put = (...args) => this.do(() => put(...args));
    objects.delete = (...args) => this.do(() => remove(...args));
    return objects;
  }
}

const ids = (events: readonly LakeEvent[]): string[] => events.map(({ event_id }) => event_id).toSorted();

describe('the lake', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.create({ compactFrom: 3 });
  });
  afterAll(() => lake.close());

  it('keeps nothing of a transaction that is rolled back', async () => {
    const rolledBack = lake.database.transaction(async (tx) => {
      await lake.log.append(tx, [click('never', '2010-01-01')]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');

    expect(await lake.keeper().keep()).toEqual({ jobs: 0, erased: 0 });
  });

  it('has files by type and day, of which the manifest tells', async () => {
    await lake.append([...sale('o1', '2011-01-01T23:59:59.999Z'), click('c1', '2011-01-02T00:00:00Z')]);

    await lake.keeper().keep();

    const keys = [...(await lake.objectsOf()).keys()].map((key) => key.replace(/[^/]+\.parquet$/, 'ID.parquet'));
    expect(keys.toSorted()).toEqual([
      MANIFEST_KEY,
      'type=click/day=2011-01-02/ID.parquet',
      'type=order-confirmed/day=2011-01-01/ID.parquet',
      'type=order-line/day=2011-01-01/ID.parquet',
    ]);
    expect(ids(await lake.rows())).toEqual(['c1', 'o1/confirmed', 'o1/line/1']);
  });

  it('keeps every member of an event', async () => {
    const whole: LakeEvent = {
      event_id: 'whole',
      event_type: 'order-line',
      occurred_at: '2012-02-29T12:34:56.789Z',
      order_id: 'o',
      line_no: 7,
      placed_at: '2012-02-29T12:34:56.789Z',
      customer: 'k',
      country: 'EIRE',
      session_id: 's',
      product_id: 'p',
      sku: '85123A',
      product_name: 'Lantern “white” 雪',
      category: 'lights',
      units: 80_995,
      amount: 9_007_199_254_740_991,
      currency: 'GBP',
      detail: 'd',
      source: 'mail',
    };
    await lake.append([whole]);

    await lake.keeper().keep();

    expect((await lake.rows()).find(({ event_id }) => event_id === 'whole')).toEqual(whole);
  });

  it('merges small files of a day and removes what they were, the events being the same', async () => {
    for (const at of [1, 2, 3]) {
      await lake.append([click(`m${at}`, '2013-03-03T03:00:00Z'), click(`m0`, '2013-03-03T02:00:00Z')]);
      await lake.keeper().keep();
    }

    const keys = [...(await lake.objectsOf()).keys()].filter((key) => key.includes('day=2013-03-03'));
    expect(keys).toHaveLength(1);
    const day = (await lake.rows()).filter(({ occurred_at }) => occurred_at.startsWith('2013-03-03'));
    // In the order of time, and an event that was said three times is one.
    expect(day.map(({ event_id }) => event_id)).toEqual(['m0', 'm1', 'm2', 'm3']);
  });

  it('C8: has each event once, whoever dies wherever on the way', async () => {
    const before = ids(await lake.rows());
    const said: string[] = [];
    let [deaths, survived] = [0, false];
    for (let at = 0; !survived; at += 1) {
      // Enough files of a day that a round exports, merges, publishes and removes.
      const events = [1, 2].map((n) => click(`${at}-${n}`, `2014-04-0${n}T04:00:00Z`));
      await lake.append(events);
      said.push(...ids(events));
      const mortal = new Mortal(at);
      survived = await lake
        .keeper({ database: mortal.database(lake.database), objects: mortal.objects(lake) })
        .keep()
        .then(
          () => mortal.effects <= at,
          () => false,
        );
      deaths += survived ? 0 : 1;
    }
    await lake.keeper().keep();
    expect(ids(await lake.rows())).toEqual([...before, ...said].toSorted());
    expect(deaths).toBeGreaterThan(20);
    const objects = [...(await lake.objectsOf()).keys()].filter((key) => key.includes('2014-04'));
    expect(objects.length).toBeLessThan(8);
  });

  it('is written with the same bytes when a job is done again', async () => {
    await lake.append([click('again', '2015-05-05T05:00:00Z')]);
    const [puts, deaths]: [[string, string][], string[]] = [[], []];
    for (const death of ['first', 'second', undefined]) {
      const objects = new LakeObjects(lake.clients.s3, lake.settings.bucket);
      const put = objects.put.bind(objects);
      objects.put = async (key, bytes, type) => {
        await put(key, bytes, type);
        if (key !== MANIFEST_KEY) puts.push([key, Buffer.from(bytes).toString('base64')]);
        if (death !== undefined) throw new Error(death);
      };
      await lake
        .keeper({ objects })
        .keep()
        .catch((error: Error) => deaths.push(error.message));
    }

    expect(deaths).toEqual(['first', 'second']);
    expect(puts).toHaveLength(3);
    expect(new Set(puts.map((one) => one.join(' '))).size).toBe(1);
  });

  it('C8: takes each event once where two keep it at once', async () => {
    for (let n = 0; n < 20; n += 1) await lake.append([click(`two${n}`, '2016-06-06T06:00:00Z')]);

    await Promise.all([lake.keeper().keep(), lake.keeper().keep(), lake.keeper().keep()]);
    await lake.keeper().keep();

    const day = (await lake.rows()).filter(({ occurred_at }) => occurred_at.startsWith('2016-06-06'));
    expect(ids(day)).toEqual(Array.from({ length: 20 }, (_, n) => `two${n}`).toSorted());
  });
});
