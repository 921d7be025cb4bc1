import { clickEvents, clickSchema, lakeColumns } from '@lethe/contracts';
import { z } from 'zod';

/** What Firehose hands over (Amazon Data Firehose, "Data transformation"); packed records are taken apart before. */
export const transformEventSchema = z.looseObject({
  records: z.array(z.looseObject({ recordId: z.string().min(1), data: z.base64() })),
});
export type TransformEvent = z.output<typeof transformEventSchema>;

/** What becomes of a record. Firehose puts what failed under its error prefix, as it came. */
export type TransformedRecord =
  | { readonly recordId: string; readonly result: 'ProcessingFailed'; readonly data: string }
  | {
      readonly recordId: string;
      readonly result: 'Ok';
      readonly data: string;
      readonly metadata: { readonly partitionKeys: { readonly type: string; readonly day: string } };
    };

const TIMES: ReadonlySet<string> = new Set(
  lakeColumns.filter(({ type }) => type === 'timestamp').map(({ name }) => name),
);

/** Rows of the lake out of clicks, each with the folder that it belongs into, in the lake's layout. */
export function lakeRows({ records }: TransformEvent): { readonly records: TransformedRecord[] } {
  return { records: records.map(({ recordId, data }) => transformed(recordId, data)) };
}

function transformed(recordId: string, data: string): TransformedRecord {
  const click = clickSchema.safeParse(jsonOf(data));
  const [row] = click.success ? clickEvents([click.data]) : [];
  if (row === undefined) return { recordId, result: 'ProcessingFailed', data };
  const written = Object.entries(row).map(([name, value]) => [name, TIMES.has(name) ? hiveTime(String(value)) : value]);
  return {
    recordId,
    result: 'Ok',
    data: Buffer.from(`${JSON.stringify(Object.fromEntries(written))}\n`).toString('base64'),
    metadata: { partitionKeys: { type: row.event_type, day: utc(row.occurred_at).slice(0, 10) } },
  };
}

/** As Hive reads times, in UTC: `2026-01-01 10:00:00.000`. */
function hiveTime(at: string): string {
  return utc(at).replace('T', ' ').replace('Z', '');
}

function utc(at: string): string {
  return new Date(at).toISOString();
}

/** Undefined for what is no JSON: then it is no click either. */
function jsonOf(data: string): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
