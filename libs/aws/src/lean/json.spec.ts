import { describe, expect, it } from '@jest/globals';
import { readOutput, writeInput } from './json.js';

describe('writeInput', () => {
  it('writes bytes in base64 wherever they are, views and buffers alike, and leaves the input alone', () => {
    const view = new Uint8Array([0, 0, 1, 2, 255, 0]).subarray(2, 5);
    const input = { Records: [{ Data: view }, { Data: Buffer.from([1, 2, 255]) }], StreamName: 'steps' };

    expect(JSON.parse(writeInput(input).toString())).toEqual({
      Records: [{ Data: 'AQL/' }, { Data: 'AQL/' }],
      StreamName: 'steps',
    });
    expect(input.Records[0]?.Data).toBe(view);
  });

  it('writes what is beside bytes as JSON.stringify does', () => {
    const beside = {
      text: 'Zoë "\n🛒',
      none: undefined,
      empty: [{}, [], ''],
      list: [1, undefined, null, true],
      'a"b': -1.5,
    };

    expect(JSON.parse(writeInput({ ...beside, Data: new Uint8Array() }).toString())).toEqual(
      JSON.parse(JSON.stringify({ ...beside, Data: '' })),
    );
  });
});

describe('readOutput', () => {
  it('takes an empty text for an empty output', () => {
    expect(readOutput('')).toEqual({});
  });

  it('reads bytes of attributes, and leaves attributes alone that are only named like bytes', () => {
    const text = '{"Messages":[{"MessageAttributes":{"Data":{"StringValue":"a"},"x":{"BinaryValue":"AQL/"}}}]}';

    expect(readOutput(text)).toEqual({
      Messages: [
        { MessageAttributes: { Data: { StringValue: 'a' }, x: { BinaryValue: new Uint8Array([1, 2, 255]) } } },
      ],
    });
  });

  it('reads bytes and dates of Kinesis records', () => {
    const text = '{"Records":[{"Data":"AQL/","ApproximateArrivalTimestamp":1.7000000001239E9,"PartitionKey":"k"}]}';

    expect(readOutput(text)).toEqual({
      Records: [
        {
          Data: new Uint8Array([1, 2, 255]),
          ApproximateArrivalTimestamp: new Date(1_700_000_000_124),
          PartitionKey: 'k',
        },
      ],
    });
  });

  it('reads every record of a page, however many and however large, into bytes of its own', () => {
    const sizes = Array.from({ length: 3_000 }, (_, i) => (i % 7 === 0 ? (i * 37) % 9_000 : i % 130));
    const datas = sizes.map((size, i) => Buffer.alloc(size, i));
    const text = JSON.stringify({ Records: datas.map((data) => ({ Data: data.toString('base64') })) });

    const output: { readonly Records?: readonly { readonly Data: Uint8Array }[] } = readOutput(text);

    expect(output.Records).toHaveLength(datas.length);
    expect(datas.every((data, i) => data.equals(output.Records?.[i]?.Data ?? Buffer.from('none')))).toBe(true);
  });
});
