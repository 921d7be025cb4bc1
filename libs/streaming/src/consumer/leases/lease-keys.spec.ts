import { describe, expect, it } from '@jest/globals';
import { leaseKeyPrefix, readSharedKey, streamIdentifier } from './lease-keys.js';

const SHARD = 'shardId-000000000000';
/** Those of KCL's own `StreamIdentifierTest`. */
const STREAM = { application: 'reports', stream: 'streamName' };
const IDENTITY = { accountId: '111111111111', epoch: 1_680_616_058 };

describe('leaseKeyPrefix', () => {
  it('writes the keys of several streams byte for byte as StreamIdentifier and MultiStreamLease of KCL do', () => {
    expect(streamIdentifier(STREAM.stream, IDENTITY)).toBe('111111111111:streamName:1680616058');
    const key = `${leaseKeyPrefix('kcl', STREAM, IDENTITY)}${SHARD}`;

    expect(Buffer.from(key)).toEqual(Buffer.from('111111111111:streamName:1680616058:shardId-000000000000'));
    // What KCL reads a serialized identifier with.
    expect(key.slice(0, -SHARD.length - 1)).toMatch(
      /^(?<accountId>[0-9]+):(?<streamName>[^:]+):(?<creationEpoch>[0-9]+)$/,
    );
  });

  it('writes the key of a single stream as KCL does: the shard alone', () => {
    expect(leaseKeyPrefix('kcl', STREAM)).toBe('');
    expect(streamIdentifier(STREAM.stream)).toBe('streamName');
  });

  it('writes keys of a table that applications share, and reads them', () => {
    const key = `${leaseKeyPrefix('shared', STREAM, IDENTITY)}${SHARD}`;

    expect(key).toBe('reports:streamName:shardId-000000000000');
    expect(readSharedKey(key)).toEqual({ ...STREAM, shardId: SHARD });
    expect(readSharedKey(SHARD)).toBeUndefined();
  });
});
