import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lakeColumns } from '@lethe/contracts';
import { statement } from '@lethe/database';
import { LakeObjects, MANIFEST_KEY, decodeParquet } from '@lethe/warehouse';
import { ADD_ERASURE, LOCK_ERASURES } from '../../src/lake/lake.sql.js';
import { TestLake, sale } from './lake.fixture.js';

const OPEN = statement('test.open-erasures', 'SELECT id FROM lake_erasure WHERE done_at IS NULL');
const TABLES = ['lake_batch', 'lake_file', 'lake_file_customer', 'lake_garbage', 'order_fact'];

describe('the right to erasure', () => {
  let lake: TestLake;
  beforeAll(async () => {
    lake = await TestLake.create({ compactFrom: 1_000 });
  });
  afterAll(() => lake.close());

  const erase = (customer: string) =>
    lake.database.transaction(async (tx) => {
      await tx.query(LOCK_ERASURES);
      await tx.query(ADD_ERASURE, [customer]);
    });
  const sums = async () => {
    const rows = await lake.rows();
    return {
      rows: rows.length,
      amount: rows.reduce((sum, { amount = 0 }) => sum + amount, 0),
      countries: rows.map(({ country = '' }) => country).toSorted(),
    };
  };
  /** Objects, and tables of the database, that hold the text anywhere. */
  async function whereIs(text: string): Promise<string[]> {
    const found = [...(await lake.objectsOf())].map(async ([key, bytes]) => {
      // As it lies there, and as readers see it: text may lie there compressed.
      const read = key.endsWith('.parquet') ? JSON.stringify(await decodeParquet(lakeColumns, bytes)) : '';
      return bytes.includes(text) || read.includes(text) ? [key] : [];
    });
    const objects = (await Promise.all(found)).flat();
    const tables = await Promise.all(
      TABLES.map(async (table) => {
        const find = statement(`test.find-in-${table}`, `SELECT 1 FROM ${table} t WHERE t::text LIKE '%' || $1 || '%'`);
        return (await lake.database.query(find, [text])).length > 0 ? [table] : [];
      }),
    );
    return [...objects, ...tables.flat()];
  }

  it('S54: takes a customer out of every object and every row, and leaves the sums as they were', async () => {
    const [gone, stays] = ['Gone-2345678901234567', 'Stays-234567890123456'];
    for (const day of ['2011-01-01', '2011-02-02'])
      await lake.append([
        ...sale(`${day}-g`, day, { customer: gone, country: 'France' }),
        ...sale(`${day}-s`, day, { customer: stays, country: 'EIRE' }),
      ]);
    await lake.keeper().keep();
    const before = await sums();
    expect((await whereIs(gone)).length).toBeGreaterThan(2);

    await erase(gone);
    expect((await lake.keeper().keep()).erased).toBe(1);

    expect(await whereIs(gone)).toEqual([]);
    expect((await whereIs(stays)).length).toBeGreaterThan(2);
    expect(await sums()).toEqual(before);
    expect(await lake.keeper().keep()).toEqual({ jobs: 0, erased: 0 });
  });

  it('S54: reaches what waits, what is on its way, and what is told afterwards', async () => {
    const gone = 'Waits-23456789012345';
    await lake.append(sale('w1', '2012-01-01', { customer: gone }));
    const objects = new LakeObjects(lake.clients.s3, lake.settings.bucket);
    objects.put = async () => {
      throw new Error('dies');
    };
    await expect(lake.keeper({ objects }).keep()).rejects.toThrow('dies');
    await lake.append(sale('w2', '2012-01-02', { customer: gone }));

    await erase(gone);
    await lake.append(sale('w3', '2012-01-03', { customer: gone }));
    await lake.keeper().keep();

    expect(await whereIs(gone)).toEqual([]);
    expect(await lake.database.query(OPEN)).toEqual([]);
    expect((await lake.rows()).filter(({ order_id = '' }) => order_id.startsWith('w'))).toHaveLength(6);
  });

  it('S54: goes on where whoever did it died, and ends once', async () => {
    const gone = 'Dies-2345678901234567';
    for (let n = 0; n < 3; n += 1)
      await lake.append(sale(`d${n}`, `2013-01-0${n + 1}`, { customer: gone })).then(() => lake.keeper().keep());
    await erase(gone);

    const [ended, deaths]: [number[], Set<string>] = [[], new Set()];
    for (let at = 0; at < 12; at += 1) {
      let left = at;
      const objects = new LakeObjects(lake.clients.s3, lake.settings.bucket);
      const [put, remove] = [objects.put.bind(objects), objects.delete.bind(objects)];
      const dying =
        <A extends unknown[]>(work: (...args: A) => Promise<void>) =>
        async (...args: A): Promise<void> => {
          left -= 1;
          if (left < 0) throw new Error('dies');
          await work(...args);
        };
      objects.put = dying(put);
      objects.delete = dying(remove);
      await lake
        .keeper({ objects })
        .keep()
        .then(
          ({ erased }) => ended.push(erased),
          (error: Error) => deaths.add(error.message),
        );
    }

    expect([...deaths]).toEqual(['dies']);
    expect(ended.filter((erased) => erased > 0)).toEqual([1]);
    expect(await whereIs(gone)).toEqual([]);
    expect((await lake.rows()).filter(({ order_id = '' }) => order_id.startsWith('d'))).toHaveLength(6);
  });

  it('lets readers of an older manifest finish, and is not done before', async () => {
    const late = await TestLake.create({ keepReplacedMs: 3_600_000 });
    try {
      await late.append(sale('r', '2014-01-01', { customer: 'Reads' }));
      await late.keeper().keep();
      const before = [...(await late.objectsOf()).keys()].filter((key) => key !== MANIFEST_KEY);
      await late.database.query(ADD_ERASURE, ['Reads']);

      expect((await late.keeper().keep()).erased).toBe(0);

      const after = await late.objectsOf();
      expect(before.every((key) => after.has(key))).toBe(true);
      expect((await late.rows()).map(({ customer }) => customer)).toEqual([undefined, undefined]);
    } finally {
      await late.close();
    }
  });
});
