import { describe, expect, it } from '@jest/globals';
import { lakeColumns } from '@lethe/contracts';
import { lakeRows, transformEventSchema } from './lake-rows.js';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const click = { id: 'c-1', type: 'view', at: '2026-01-01T23:30:00.250-01:00', sessionId: 'p', source: 'mail' };
const rowsOf = (...data: string[]) =>
  lakeRows(transformEventSchema.parse({ records: data.map((one, at) => ({ recordId: String(at), data: one })) }));

describe('rows of the lake', () => {
  it('are clicks as analytics writes them, in the folder of their type and day of UTC', () => {
    const [record] = rowsOf(base64(click)).records;

    expect(record).toMatchObject({ result: 'Ok', metadata: { partitionKeys: { type: 'click', day: '2026-01-02' } } });
    expect(JSON.parse(Buffer.from(record?.data ?? '', 'base64').toString())).toEqual({
      event_id: 'c-1',
      event_type: 'click',
      occurred_at: '2026-01-02 00:30:00.250',
      session_id: 'p',
      detail: 'view',
      source: 'mail',
    });
  });

  it('have columns of the lake and no others', () => {
    const [record] = rowsOf(base64({ ...click, productId: '3b241101-e2bb-4255-8caf-4136c566a962' })).records;
    const names = Object.keys(JSON.parse(Buffer.from(record?.data ?? '', 'base64').toString()) as object);

    expect(names.filter((name) => !lakeColumns.some((column) => column.name === name))).toEqual([]);
  });

  it('R21: are not made of what is no click, and the rest goes on', () => {
    const noJson = Buffer.from('{').toString('base64');

    const { records } = rowsOf(noJson, base64({ id: 'c-2' }), base64(click));

    expect(records.map(({ recordId, result }) => [recordId, result])).toEqual([
      ['0', 'ProcessingFailed'],
      ['1', 'ProcessingFailed'],
      ['2', 'Ok'],
    ]);
    expect(records[0]?.data).toBe(noJson);
  });
});
