import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { CatalogFileError } from '../../catalog.errors.js';
import { type CsvRecord, MAX_RECORD_BYTES, readCsvChunk } from './csv-chunk.js';

const whole = (text: string) => readCsvChunk(Buffer.from(text), { line: 1, last: true });
const fieldsOf = (records: readonly CsvRecord[]) => records.map(({ fields }) => fields);

/** Reads a file in pieces of a size, as a run does that stops after each. */
function inPieces(file: Buffer, size: number): { records: CsvRecord[]; nextLine: number } {
  const records: CsvRecord[] = [];
  let [offset, line] = [0, 1];
  while (offset < file.length) {
    let length = size;
    for (;;) {
      const last = offset + length >= file.length;
      const chunk = readCsvChunk(file.subarray(offset, offset + length), { line, last });
      records.push(...chunk.records);
      offset += chunk.bytes;
      line = chunk.nextLine;
      if (chunk.bytes > 0 || last) break;
      length *= 2;
    }
  }
  return { records, nextLine: line };
}

describe('readCsvChunk', () => {
  it('reads plain and quoted fields, with commas, quotes and line breaks inside', () => {
    const { records } = whole('a,b\n1,"x, ""y"""\n2,"two\nlines"\n3,\n');

    expect(fieldsOf(records)).toEqual([
      ['a', 'b'],
      ['1', 'x, "y"'],
      ['2', 'two\nlines'],
      ['3', ''],
    ]);
  });

  it('gives the physical line on which each record begins, and skips blank lines', () => {
    const { records, nextLine } = whole('a\n\n"b\r\nc"\r\n\r\nd');

    expect(records.map(({ line }) => line)).toEqual([1, 3, 6]);
    expect(fieldsOf(records)).toEqual([['a'], ['b\r\nc'], ['d']]);
    expect(nextLine).toBe(6);
  });

  it('takes CR LF and LF, a byte order mark, and a last line without an end', () => {
    expect(fieldsOf(whole('\ufeffa,b\r\n1,"2"\r\n3,4').records)).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('takes a quote inside an unquoted field as a character, as the real file has it', () => {
    expect(fieldsOf(whole('12" PLATE,6"x4",\n"a"\n').records)).toEqual([['12" PLATE', '6"x4"', ''], ['a']]);
  });

  it('marks a record with text after a closing quote and goes on with the next', () => {
    const { records } = whole('"a"b,c\nd,e\n');

    expect(records[0]).toMatchObject({ line: 1, fault: 'text after a closing quote' });
    expect(records[1]).toEqual({ fields: ['d', 'e'], line: 2 });
  });

  it('keeps back a record that the piece does not hold whole', () => {
    const piece = Buffer.from('a,b\n1,"x\ny');

    expect(readCsvChunk(piece, { line: 1, last: false })).toEqual({
      records: [{ fields: ['a', 'b'], line: 1 }],
      bytes: 4,
      nextLine: 2,
    });
  });

  it('counts bytes, not characters', () => {
    expect(readCsvChunk(Buffer.from('é,"ü"\n€,'), { line: 1, last: false }).bytes).toBe(8);
  });

  it('may be cut at any byte: the pieces give the records of the whole', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '€', '💡', ' '), maxLength: 6 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        (rows, end, size) => {
          const text = rows.map((row) => row.map(quoted).join(',')).join(end);
          const { records, nextLine } = inPieces(Buffer.from(text), size);
          expect(fieldsOf(records)).toEqual(rows);
          expect({ records, nextLine }).toEqual({ records: whole(text).records, nextLine: text.split('\n').length });
        },
      ),
    );
  });

  it('reads every well-formed file as csv-parse does', () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é', '.'), maxLength: 5 }),
      fc
        .string({ unit: fc.constantFrom('a', '"', ',', '\n', ' '), maxLength: 5 })
        .map((t) => `"${t.replaceAll('"', '""')}"`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
        const text = rows.map((row) => row.join(',')).join('\n');
        expect(fieldsOf(whole(text).records)).toEqual(parse(text));
      }),
    );
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readCsvChunk(Buffer.from('caf\xe9\n', 'latin1'), { line: 7, last: true })).toThrow(
      'The file is not UTF-8 (somewhere after line 7).',
    );
  });

  it('refuses a file that ends inside a quote, and names the line of the record', () => {
    expect(() => whole('a\nb,"c\nd')).toThrow('A quote in the record on line 2 is never closed.');
    expect(() => whole('"')).toThrow(CatalogFileError);
  });

  it.each([
    ['plain', 'x'.repeat(MAX_RECORD_BYTES + 1)],
    ['quoted', `"${'x'.repeat(MAX_RECORD_BYTES)}"`],
    ['never closed', `"${'x\n'.repeat(MAX_RECORD_BYTES / 2 + 1)}`],
  ])('refuses a record longer than 1 MiB: %s', (_, record) => {
    const piece = Buffer.from(`a\n${record}\nb\n${'y\n'.repeat(10)}`);

    expect(() => readCsvChunk(piece, { line: 1, last: false })).toThrow(
      'The record on line 2 is longer than 1048576 bytes, or its quote is never closed.',
    );
  });

  it('reads a record of very many fields in linear time', () => {
    const { records } = whole(`"a",${','.repeat(500_000)}\n`);

    expect(records[0]?.fields).toHaveLength(500_002);
  });
});
