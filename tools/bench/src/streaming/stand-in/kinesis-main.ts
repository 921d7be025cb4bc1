import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { placeOf, sequenceNumber } from './shards.js';
import type { StandInReply, StandInRequest } from './protocol.js';
import { type StandInStream, standInStream } from './tape.js';

// Entry of a process that stands in for Kinesis where clients are measured: the answers to GetRecords are prepared, and
// what is put is forgotten, so that it is never who is waited for. It ends with its parent.

interface Input {
  readonly StreamName?: string;
  readonly ShardId?: string;
  readonly ShardIterator?: string;
  readonly ShardIteratorType?: string;
  readonly StartingSequenceNumber?: string;
  readonly Limit?: number;
  readonly Records?: readonly { readonly ExplicitHashKey?: string }[];
}

const streams = new Map<string, StandInStream>();
let watched = false;
let open = true;

const tell = (reply: StandInReply): void => void process.send?.(reply);

/** A member that follows the records, in front of them the object's beginning. */
const [RECORDS, REST] = [
  Buffer.from('{"Records":['),
  (members: object) => Buffer.from(`],${JSON.stringify(members).slice(1)}`),
];

function getRecords({ ShardIterator = '', Limit = 10_000 }: Input): readonly Buffer[] {
  if (watched) tell({ type: 'read' });
  watched = false;
  const [stream = '', shard = '', from = ''] = ShardIterator.split('/');
  const tape = streams.get(stream)?.tapes.get(shard);
  if (!tape) throw new Error(`there is no ${stream}/${shard}`);
  const { pieces, next } = tape.page(Number(from), Limit);
  const behind = next < tape.length ? 60_000 : 0;
  return [RECORDS, ...pieces, REST({ MillisBehindLatest: behind, NextShardIterator: `${stream}/${shard}/${next}` })];
}

function shardIterator({ StreamName, ShardId, ShardIteratorType, StartingSequenceNumber = '' }: Input): object {
  const after = ShardIteratorType === 'AFTER_SEQUENCE_NUMBER';
  if (!after && ShardIteratorType !== 'TRIM_HORIZON') throw new Error(`no iterator ${ShardIteratorType}`);
  return { ShardIterator: `${StreamName}/${ShardId}/${after ? placeOf(StartingSequenceNumber) + 1 : 0}` };
}

function listShards({ StreamName = '' }: Input): object {
  const Shards = streams.get(StreamName)?.shards.map(({ id, startingHashKey, endingHashKey }) => ({
    ShardId: id,
    HashKeyRange: { StartingHashKey: startingHashKey, EndingHashKey: endingHashKey },
    SequenceNumberRange: { StartingSequenceNumber: sequenceNumber(0) },
  }));
  return { Shards };
}

const summary = ({ StreamName }: Input): object => ({
  StreamDescriptionSummary: {
    StreamName,
    StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${StreamName}`,
    StreamStatus: 'ACTIVE',
    StreamCreationTimestamp: 1_700_000_000,
    RetentionPeriodHours: 24,
  },
});

const prepared = (answer: (input: Input) => object) => (input: Input) => [Buffer.from(JSON.stringify(answer(input)))];

let taken = 0;
const take = (ShardId = ''): object => ({ ShardId, SequenceNumber: sequenceNumber((taken += 1)) });

/** Into the shard whose first hash key it is aimed at; of others nobody asks where they are. */
function putRecords({ StreamName = '', Records = [] }: Input): object {
  const shards = streams.get(StreamName)?.shards ?? [];
  const byKey = new Map(shards.map(({ id, startingHashKey }) => [startingHashKey, id]));
  return {
    FailedRecordCount: 0,
    Records: Records.map(({ ExplicitHashKey = '' }) => take(byKey.get(ExplicitHashKey) ?? shards[0]?.id)),
  };
}

const operations: Readonly<Record<string, (input: Input) => readonly Buffer[]>> = {
  GetRecords: getRecords,
  PutRecord: prepared(({ StreamName = '' }) => take(streams.get(StreamName)?.shards[0]?.id)),
  PutRecords: prepared(putRecords),
  GetShardIterator: prepared(shardIterator),
  ListShards: prepared(listShards),
  DescribeStreamSummary: prepared(summary),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = ''] = String(request.headers['x-amz-target']).split('.');
  const body = await text(request);
  try {
    const operation = operations[name];
    if (!operation || !open) throw new Error(operation ? 'the stream is gone' : `${name} is not stood in for`);
    const pieces = operation(JSON.parse(body) as Input);
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': length });
    response.cork();
    for (const piece of pieces) response.write(piece);
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.write(JSON.stringify({ __type: 'ResourceNotFoundException', message: String(error) }));
  }
  response.end();
}

process.on('message', (request: StandInRequest) => {
  if (request.type !== 'fill') {
    open = watched = request.type === 'watch';
    tell({ type: open ? 'watching' : 'closed' });
    return;
  }
  const stream = standInStream(request);
  streams.set(request.stream, stream);
  tell({ type: 'filled', userRecords: [...stream.tapes.values()].reduce((sum, tape) => sum + tape.userRecords, 0) });
});
process.once('disconnect', () => process.exit(0));

const server = createServer((request, response) => void answer(request, response));
server.keepAliveTimeout = 70_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
tell({ type: 'ready', port: (server.address() as AddressInfo).port });
