import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LAKE_ARRIVING, type LakeEvent, lakeColumns } from '@lethe/contracts';
import { MANIFEST_KEY, encodeParquet, lakeKey } from '@lethe/warehouse';
import { LakeKeeper } from '../../src/lake/lake-keeper.js';
import { LakeLog } from '../../src/lake/lake-log.js';
import { TestLake, click, sale } from './lake.fixture.js';

const DAY = '2026-01-01';
const ids = (events: readonly LakeEvent[]): string[] => events.map(({ event_id }) => event_id).toSorted();

describe('files that others put into the lake', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.create({ arriving: LAKE_ARRIVING, compactFrom: 100 });
  });
  afterAll(() => lake.close());

  /** As Firehose delivers, with what a conversion leaves. */
  const deliver = async (id: string, events: readonly LakeEvent[]): Promise<string> => {
    const key = `${LAKE_ARRIVING}${lakeKey({ type: 'click', day: DAY, id })}`;
    await lake.objects.put(key, encodeParquet(lakeColumns, events));
    return key;
  };
  const arrived = async (): Promise<string[]> =>
    [...(await lake.objectsOf()).keys()].filter((key) => key.startsWith(LAKE_ARRIVING));

  it('C8: are taken in once, and count from then on, however often they are found', async () => {
    await deliver('one', [click('a', `${DAY}T10:00:00Z`), click('b', `${DAY}T09:00:00Z`)]);
    await deliver('two', [click('c', `${DAY}T11:00:00Z`)]);
    // Others still read by the manifest of before: the objects stay for a while, and are found again.
    const slow = lake.keeperWith({ keepReplacedMs: 60_000 });

    await slow.keep();
    expect(await arrived()).toHaveLength(2);
    expect(await slow.keep()).toEqual({ jobs: 0, erased: 0 });

    expect(ids(await lake.rows())).toEqual(['a', 'b', 'c']);
    const manifest = Buffer.from(await lake.objects.get(MANIFEST_KEY)).toString();
    expect(manifest).not.toContain(LAKE_ARRIVING);
    expect(manifest).toContain(`type=click/day=${DAY}/`);
  });

  it('C8: are taken in by one of several that keep the lake, an event that came twice in one file once', async () => {
    await deliver('three', [click('d', `${DAY}T12:00:00Z`), click('d', `${DAY}T12:00:00Z`)]);

    await Promise.all([lake.keeper().keep(), lake.keeper().keep()]);
    await lake.keeper().keep();

    expect(ids(await lake.rows())).toEqual(['a', 'b', 'c', 'd']);
    expect(await arrived()).not.toContain(`${LAKE_ARRIVING}${lakeKey({ type: 'click', day: DAY, id: 'three' })}`);
  });

  it('hold up nobody where one is gone before it is read', async () => {
    const key = await deliver('four', [click('e', `${DAY}T13:00:00Z`)]);
    const get = lake.objects.get.bind(lake.objects);
    lake.objects.get = async (wanted) => {
      if (wanted === key) await lake.objects.delete([key]);
      return get(wanted);
    };

    await lake.keeper().keep();
    lake.objects.get = get;

    expect(ids(await lake.rows())).toEqual(['a', 'b', 'c', 'd']);
    expect(await lake.keeper().keep()).toEqual({ jobs: 0, erased: 0 });
  });

  it('are left alone where nobody is told to look for them', async () => {
    await deliver('five', [click('f', `${DAY}T14:00:00Z`)]);
    const { arriving: _, ...settings } = lake.settings;

    await new LakeKeeper(lake.database, lake.objects, settings).keep();

    expect(ids(await lake.rows())).not.toContain('f');
  });

  it('C8: have no second copy from what was counted: that one keeps no clicks', async () => {
    const log = new LakeLog(['click']);
    await lake.database.transaction(async (tx) => {
      await log.append(tx, [click('g', `${DAY}T15:00:00Z`), ...sale('o1', `${DAY}T15:00:00Z`)]);
      await log.append(tx, [click('h', `${DAY}T15:00:00Z`)]);
    });

    await lake.keeper().keep();

    const rows = ids(await lake.rows());
    expect(rows).toEqual(expect.arrayContaining(['o1/confirmed', 'o1/line/1']));
    expect(rows).not.toContain('g');
    expect(rows).not.toContain('h');
  });
});
