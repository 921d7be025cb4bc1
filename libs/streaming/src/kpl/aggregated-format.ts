/**
 * The KPL's aggregated record: four bytes, a protobuf message, and the MD5 of the message. Field numbers and form:
 * https://github.com/awslabs/kinesis-aggregation/blob/master/KPL-AggregatedRecordFormat.md
 */
export const MAGIC = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
export const MD5_BYTES = 16;

/** Fields of the message. All are length-delimited. */
export const [PARTITION_KEYS, EXPLICIT_HASH_KEYS, RECORDS] = [1, 2, 3];
/** Fields of a record in it: two indexes of the tables above, and bytes. */
export const [PARTITION_KEY_INDEX, EXPLICIT_HASH_KEY_INDEX, DATA] = [1, 2, 3];

/** Wire types of protobuf: https://protobuf.dev/programming-guides/encoding/#structure */
export const [VARINT, LENGTH_DELIMITED] = [0, 2];
