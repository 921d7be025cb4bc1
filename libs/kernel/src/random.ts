import { randomFillSync } from 'node:crypto';

/** Random bytes drawn in bulk: a call of the generator for every span and id would show in the cost of a request. */
const pool = Buffer.alloc(4096);
let drawn = pool.length;

/** So many bytes of the platform's secure generator, none of them given twice, in lower-case hex. */
export function randomHex(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  drawn += bytes;
  return pool.toString('hex', drawn - bytes, drawn);
}
