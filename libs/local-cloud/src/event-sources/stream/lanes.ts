import { hash } from 'node:crypto';

/** Records in so many lanes, those of one partition key in one and in their order (`ParallelizationFactor`). */
export function lanesOf<T extends { readonly partitionKey: string }>(records: readonly T[], factor: number): T[][] {
  const lanes: T[][] = Array.from({ length: factor }, () => []);
  for (const record of records) {
    const lane = factor === 1 ? 0 : hash('md5', record.partitionKey, 'buffer').readUInt32BE() % factor;
    lanes[lane]?.push(record);
  }
  return lanes.filter((lane) => lane.length > 0);
}
