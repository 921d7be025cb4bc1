import { describe, expect, it } from '@jest/globals';
import { InvalidCheckpointError } from '../../streaming.errors.js';
import {
  formatCheckpoint,
  fromColumns,
  parseCheckpoint,
  sameCheckpoint,
  startCheckpoint,
  toColumns,
} from './checkpoint.js';

describe('parseCheckpoint', () => {
  it('reads the beginning, the end and a sequence number', () => {
    expect(parseCheckpoint('s', 'TRIM_HORIZON')).toEqual({ kind: 'trim-horizon' });
    expect(parseCheckpoint('s', 'SHARD_END')).toEqual({ kind: 'end' });
    expect(parseCheckpoint('s', '4966')).toEqual({ kind: 'after', sequenceNumber: '4966' });
  });

  it('KIN-6: reads a place within packed records', () => {
    const position = { kind: 'after', sequenceNumber: '4966', subSequenceNumber: 12 };
    expect(parseCheckpoint('s', '4966:12')).toEqual(position);
  });

  it("reads a time, and the latest record where KCL's word asks for it", () => {
    expect(parseCheckpoint('s', 'AT_TIMESTAMP:1700000000000')).toEqual({
      kind: 'at-timestamp',
      at: new Date(1_700_000_000_000),
    });
    expect(parseCheckpoint('s', 'LATEST')).toEqual({ kind: 'latest' });
  });

  it.each(['', 'latest', '12a', '-5', '007', 'shard_end', ' 5', '5:', ':5', '5:x', '5:1:2', 'AT_TIMESTAMP'])(
    'KIN-5: an invalid checkpoint is an error, never silently LATEST: "%s"',
    (checkpoint) => {
      expect(() => parseCheckpoint('s', checkpoint)).toThrow(InvalidCheckpointError);
    },
  );

  it.each(['TRIM_HORIZON', 'SHARD_END', 'LATEST', '4966', '4966:12', 'AT_TIMESTAMP:5'])(
    'and writes what it has read: %s',
    (checkpoint) => {
      expect(formatCheckpoint(parseCheckpoint('s', checkpoint))).toBe(checkpoint);
    },
  );
});

describe('the columns of a checkpoint', () => {
  it.each([
    ['TRIM_HORIZON', 'TRIM_HORIZON', 0, undefined],
    ['SHARD_END', 'SHARD_END', 0, undefined],
    ['4966', '4966', 0, undefined],
    ['4966:12', '4966', 12, undefined],
    ['AT_TIMESTAMP:5', 'AT_TIMESTAMP', 0, 5],
  ])("are KCL's: %s", (written, checkpoint, subSequenceNumber, timestamp) => {
    expect(toColumns(written)).toEqual({ checkpoint, subSequenceNumber, timestamp });
    expect(sameCheckpoint(fromColumns({ checkpoint, subSequenceNumber, timestamp }), written)).toBe(true);
  });

  it('KIN-6: a row that KCL wrote within packed records is not taken for the whole of them', () => {
    const read = fromColumns({ checkpoint: '4966', subSequenceNumber: 0, timestamp: undefined });
    expect(parseCheckpoint('s', read)).toEqual({ kind: 'after', sequenceNumber: '4966', subSequenceNumber: 0 });
  });

  it.each(['4966', '4966:3', 'TRIM_HORIZON'])('are one in rows of old: %s', (checkpoint) => {
    expect(fromColumns({ checkpoint, subSequenceNumber: undefined, timestamp: undefined })).toBe(checkpoint);
  });
});

describe('where an application begins', () => {
  it('is the oldest record, a time, or the time at which it first came', () => {
    expect(startCheckpoint('trim-horizon', 7)).toBe('TRIM_HORIZON');
    expect(startCheckpoint({ at: new Date(5) }, 7)).toBe('AT_TIMESTAMP:5');
    expect(startCheckpoint('latest', 7)).toBe('AT_TIMESTAMP:7');
  });
});
