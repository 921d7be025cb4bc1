import { describe, expect, it } from '@jest/globals';
import { lakeColumns } from '@lethe/contracts';
import { buildStatements, readModels, sparkScript } from '@lethe/warehouse';
import { SparkSQL } from 'dt-sql-parser';
import sqlParser from 'node-sql-parser';
import { join } from 'node:path';

const models = await readModels(join(import.meta.dirname, '../warehouse'));
const redshift = new sqlParser.Parser();
const spark = new SparkSQL();

/** What is wrong with it for Spark. Parsed by SLL alone, which may refuse too much but never too little, in a third of the time. */
function faultsForSpark(sql: string): string[] {
  const faults: string[] = [];
  const parser = spark.createParser(sql, ({ message }) => faults.push(message));
  parser.interpreter.predictionMode = SLL;
  parser.program();
  return faults;
}

/** Of ANTLR's prediction modes. */
const SLL = 0;

/** Words that one of the three dialects lacks, or means otherwise. */
const FOREIGN =
  /\b(datediff|date_diff|dateadd|date_add|date_trunc|qualify|filter\s*\(|ilike|getdate|current_timestamp|now\s*\(|interval|epoch|list_agg|string_agg|listagg|array_agg|strftime|to_char|date_format|nvl|decode|iff|double|float|string)\b|::|\bas varchar\b/i;

describe('the models of the warehouse', () => {
  it('come after those they read', () => {
    const names = models.map(({ name }) => name);
    expect(names.indexOf('events')).toBe(0);
    expect(names.indexOf('lines')).toBeLessThan(names.indexOf('orders'));
    expect(names.indexOf('customers')).toBeLessThan(names.indexOf('retention'));
  });

  it.each(models.map((model) => [model.name, model] as const))('%s is one SELECT for Redshift', (_, model) => {
    expect([redshift.astify(model.select, { database: 'redshift' })].flat()).toHaveLength(1);
  });

  it.each(models.map((model) => [model.name, model] as const))('%s has no word of one dialect alone', (_, model) => {
    expect(FOREIGN.exec(model.select)?.[0]).toBeUndefined();
    expect(model.description).not.toBe('');
  });

  it('would be refused if they spoke one dialect alone', () => {
    expect(() =>
      redshift.astify('SELECT * EXCLUDE (a) FROM b ASOF JOIN c USING (d)', { database: 'redshift' }),
    ).toThrow(/Expected/);
    expect(faultsForSpark('SELECT a FROM b QUALIFY x = 1 SELECT;')).not.toEqual([]);
    expect(FOREIGN.test("SELECT datediff('day', a, b) FROM c")).toBe(true);
  });

  it('fit into one transaction of the Data API', () => {
    const plan = { rawTable: 'lake_events', columns: lakeColumns, files: [{ key: 'k', bytes: 1 }], models };
    expect(buildStatements(plan, { bucket: 'b' }).length).toBeLessThanOrEqual(40);
  });

  it('are a whole script of Spark', () => {
    const script = sparkScript({ rawTable: 'lake_events', columns: lakeColumns, models, lake: 's3://b' });
    expect(faultsForSpark(script)).toEqual([]);
  }, 90_000);
});
