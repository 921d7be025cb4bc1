import { describe, expect, it } from '@jest/globals';
import { InvalidCheckpointError } from '../../streaming.errors.js';
import { parseCheckpoint } from './checkpoint.js';

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

  it.each(['', 'LATEST', '12a', '-5', '007', 'shard_end', ' 5', '5:', ':5', '5:x', '5:1:2'])(
    'an invalid checkpoint is an error, never silently LATEST: "%s"',
    (checkpoint) => {
      expect(() => parseCheckpoint('s', checkpoint)).toThrow(InvalidCheckpointError);
    },
  );
});
