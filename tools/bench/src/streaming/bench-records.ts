/** Bytes of each record, and keys among them. */
const [RECORD_BYTES, KEYS] = [100, 10_000];
const TEXT = (n: number): string => `{"data":{"n":${n},"p":"`;

/** One hundred bytes each, as this library's codec writes them; each with a key of its own. */
export const records: readonly { readonly partitionKey: string; readonly data: Buffer }[] = Array.from(
  { length: KEYS },
  (_, n) => ({
    partitionKey: `visitor-${n}`,
    data: Buffer.from(`${TEXT(n)}${'x'.repeat(RECORD_BYTES - TEXT(n).length - 3)}"}}`),
  }),
);
