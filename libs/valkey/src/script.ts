import { createHash } from 'node:crypto';

/** A Lua script that the server keeps under the SHA-1 of its text. */
export interface ValkeyScript {
  readonly source: string;
  /** As EVALSHA names it. SHA-1 is the server's choice and guards nothing. */
  readonly sha1: string;
}

/**
 * Declares a Lua script. It must name every key it uses in KEYS, all of one hash slot (one key, or one hash tag), and
 * take its values from ARGV: then it runs on a cluster as on a single server.
 */
export function valkeyScript(source: string): ValkeyScript {
  return { source, sha1: createHash('sha1').update(source).digest('hex') };
}
