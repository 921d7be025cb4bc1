/**
 * How rows are named. `shared`: `<application>:<stream>:<shardId>`, so that all applications share a table. `kcl`: as the
 * Kinesis Client Library does, which has a table per application: `<shardId>`, or with several streams
 * `<account>:<stream>:<epoch of its creation>:<shardId>`; its tools then read the table as one of theirs.
 */
export type LeaseKeyForm = 'shared' | 'kcl';

/** A stream among several: what KCL's `StreamIdentifier` is made of. */
export interface StreamIdentity {
  readonly accountId: string;
  /** Unix seconds of the stream's creation. */
  readonly epoch: number;
}

/** How a stream is called in its rows: by its name, or among several of KCL as `StreamIdentifier.serialize()` writes it. */
export function streamIdentifier(stream: string, identity?: StreamIdentity): string {
  return identity === undefined ? stream : `${identity.accountId}:${stream}:${identity.epoch}`;
}

/** What stands before the shard id in every key of an application and stream. `identity` only where KCL has several streams. */
export function leaseKeyPrefix(
  form: LeaseKeyForm,
  { application, stream }: { readonly application: string; readonly stream: string },
  identity?: StreamIdentity,
): string {
  if (form === 'shared') return `${application}:${stream}:`;
  // As `MultiStreamLease.getLeaseKey` joins them.
  return identity === undefined ? '' : `${streamIdentifier(stream, identity)}:`;
}

/** Takes a key of the shared form apart; nothing for another one. A shard id has no colon, nor has a stream's name. */
export function readSharedKey(
  key: string,
): { readonly application: string; readonly stream: string; readonly shardId: string } | undefined {
  const [, application, stream, shardId] = /^(.+):([\w.-]+):([\w.-]+)$/.exec(key) ?? [];
  if (application === undefined || stream === undefined || shardId === undefined) return undefined;
  return { application, stream, shardId };
}
