/** An argument of a command. */
export type ValkeyArgument = string | Buffer;

/** What a server answers (RESP 2). Strings are Buffers where the caller asked for them. */
export type ValkeyReply = string | Buffer | number | null | readonly ValkeyReply[];

/** A connection to one server, or to a cluster, as the client library gives it; used by one {@link Valkey}. */
export interface Link {
  /** Sends a command to where the key lives; anywhere without one. */
  send(key: string | undefined, command: readonly ValkeyArgument[], buffers: boolean): Promise<ValkeyReply>;
  /** False once the connection is lost. */
  isOpen(): boolean;
  /** Ends it in order, after the answers under way. */
  close(): Promise<void>;
  /** Ends it at once: whatever it still owes is answered with an error. */
  destroy(): void;
}

/** How a link is opened. */
export interface LinkOptions {
  readonly target: ValkeyTarget;
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** Commands that one connection owes answers to at most, those included that were given up. */
  readonly maxQueued: number;
  readonly ca: string | undefined;
  /** Told once when a single server's connection is gone, and of each trouble with a node of a cluster. */
  readonly onTrouble: (error: Error) => void;
}

/** A server's address, taken apart. */
export interface ValkeyTarget {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly cluster: boolean;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}
