declare module 'dynalite' {
  import { type Server } from 'node:http';

  /** Options of dynalite 4 that are used here; times in milliseconds. */
  interface DynaliteOptions {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }
  export default function dynalite(options?: DynaliteOptions): Server;
}

declare module 'kinesalite' {
  import { type Server } from 'node:http';

  /** Options of kinesalite 3 that are used here; times in milliseconds. */
  interface KinesaliteOptions {
    path?: string;
    shardLimit?: number;
    createStreamMs?: number;
    deleteStreamMs?: number;
    updateStreamMs?: number;
  }
  export default function kinesalite(options?: KinesaliteOptions): Server;
}
