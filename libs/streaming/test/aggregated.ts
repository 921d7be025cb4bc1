import { createHash } from 'node:crypto';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** A record as the KPL packs it: `explicit_hash_key` and `tags` included, which a reader passes over. */
export function aggregated(records: readonly { readonly partitionKey: string; readonly data: string }[]): Buffer {
  const keys = [...new Set(records.map(({ partitionKey }) => partitionKey))];
  const message = new BinaryWriter();
  for (const key of keys) message.tag(1, WireType.LengthDelimited).string(key);
  message.tag(2, WireType.LengthDelimited).string('340282366920938463463374607431768211455');
  for (const { partitionKey, data } of records) {
    message.tag(3, WireType.LengthDelimited).fork();
    message.tag(1, WireType.Varint).uint64(keys.indexOf(partitionKey));
    message.tag(2, WireType.Varint).uint64(0);
    message.tag(3, WireType.LengthDelimited).bytes(Buffer.from(data));
    message.tag(4, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string('tag').join();
    message.join();
  }
  const body = message.finish();
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), body, createHash('md5').update(body).digest()]);
}
