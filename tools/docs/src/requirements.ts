import { type RequirementGroup, type Rule, numbered } from './requirement.js';

const messaging: RequirementGroup = {
  title: 'SQS and SNS: where systems lose or double messages',
  requirements: numbered('SQS-', [
    'A standard queue accepts a delete with a stale receipt handle: a successful delete proves nothing, the inbox does.',
    'A delete that fails after the handler succeeded is no failure of the handler, and makes nothing visible again.',
    'Receiving, deleting and extending are stopped apart: no signal of one cancels the finished work of another.',
    'A stop flushes buffered deletes, returns unstarted messages with visibility 0, waits for handlers, then closes.',
    'A handler that takes too long is aborted first; its message is not released while it runs on.',
    'Entry ids of a batch are indexes: the same message can be in a batch twice.',
    'Sizes count UTF-8 bytes, and the names, types and values of attributes.',
    'A retry goes through visibility; republishing a copy would reset the receive count.',
    'The deduplication id survives the outbox: a recovered message is not rejected by FIFO, nor doubled.',
    'A message is kept hidden from the moment of its receipt, not from the start of its handler.',
    'A message with more than ten attributes is refused when published: SNS would discard it silently.',
  ]),
};

const streams: RequirementGroup = {
  title: 'Kinesis: where consumers lose or skip records',
  requirements: numbered('KIN-', [
    'The children of a reshard start at TRIM_HORIZON after their parents have ended; a merged shard waits for both.',
    'SHARD_END is not overwritten by a late checkpoint, nor written while records are in flight.',
    'An expired iterator resumes from the last sequence read, not from the checkpoint.',
    'The checkpoint comes after the effect.',
    'An invalid checkpoint is an error, never silently LATEST.',
    'Aggregated records carry their sub-sequence number into the checkpoint.',
    'PutRecords fails partially: only the failed entries go again.',
    'A throttled lease table never causes two owners.',
  ]),
};

const outbox: RequirementGroup = {
  title: 'Outbox',
  requirements: numbered('OBX-', [
    'No row is skipped because its transaction committed late: rows are claimed, never read by `id > last`.',
    'Clean-up deletes in bounded batches.',
    'Relays claim with SKIP LOCKED at READ COMMITTED, so that several do not get into each other’s way.',
  ]),
};

const transport: RequirementGroup = {
  title: 'The contract of a NestJS transport',
  requirements: numbered('NEST-', [
    'Handlers are awaited with everything they return, chained ones run once, and the original error is kept.',
    '`on`, `unwrap`, `status`, `transportId` and the teardown of `publish` are there; replies end with `isDisposed`.',
  ]),
};

const idempotency: RequirementGroup = {
  title: 'Idempotency of requests',
  requirements: numbered('I', [
    'Without a key a route that needs one does nothing: 400.',
    'A key that is too long, of other characters, or there twice: 400.',
    'The first use runs once and keeps status, body and chosen headers.',
    'A repeat afterwards gets the same answer, marked as replayed, without a second effect.',
    'The same key for another request: 422.',
    'The same key while the first runs: 409 with Retry-After; of fifty at once one runs.',
    'A request that was refused before it ran keeps nothing: mended, it runs under the same key.',
    'What failed while it ran is replayed if its effect stands, and may run again if it does not.',
    'A process killed between claim and commit leaves a claim that ends; the repeat runs once.',
    'A process killed between commit and answer: the repeat gets the stored answer.',
    'A key older than its retention, 24 hours at least, runs anew.',
    'Keys of different tenants and users know nothing of each other.',
    'GET and DELETE take no notice of a key.',
    'Where the keys cannot be reached nothing runs: 503.',
  ]),
};

const RELIABILITY: readonly Rule[] = [
  'SIGTERM under load: no failed request, no lost message, exit 0 in time.',
  'SIGKILL at any instant: the invariants hold afterwards.',
  'Keep-alive outlasts the balancer’s idle time-out; the time-out for headers is longer still.',
  'Every outbound client has a connect and a request time-out.',
  'Attempts are explicit and bounded; layers do not multiply their retries.',
  'Backoff has full jitter and a cap.',
  'A dependency that is down is not hammered.',
  'Each dependency has a defined fallback.',
  'Liveness touches no dependency; readiness only what is critical.',
  'Overload is shed with 503 and Retry-After; health is never shed.',
  'Bodies, queues, prefetch, concurrency, pools and caches are bounded.',
  'Event-loop delay and heap are reported.',
  'Consumers are idempotent: one delivery or many, the same end.',
  'The key of deduplication is the message id, stored with the effect, for longer than any redelivery.',
  'Outbox: no zombie and no ghost at any crash point.',
  'Several relays lose nothing, keep the order of a key, park what is poisoned.',
  'The age of the oldest unsent row is a metric.',
  'A handler longer than the visibility timeout runs once; lost visibility aborts it.',
  'Of a batch only what failed is repeated; FIFO stops the group at its first failure.',
  'Dead-letter queues: three receives at least, longer retention, redrive, trace and id intact.',
  'Unknown types and versions are set aside, not looped over, not acknowledged silently.',
  'Readers are tolerant both ways between versions.',
  'Streams: duplicates collapse, nothing is lost over reshards and stolen leases.',
  'Sagas: a crash between any two steps converges; each step has a time-out.',
  'Stock is never oversold nor negative.',
  'Money is integers in minor units; sums are conserved.',
  'No lost update on a mutable aggregate.',
  'A paused lock holder cannot write past its tenure.',
  'Scheduled work runs once for all replicas.',
  'Sessions survive their replica.',
  'A cache that fails over mixes no identities.',
  'A cache stampede reaches the origin but a few times.',
  'Serialization failures and deadlocks repeat the whole transaction.',
  'DynamoDB’s throttling, conditions and unprocessed items are handled.',
  'Trace context goes from HTTP through messages and streams to HTTP.',
  'Skewed clocks break no invariant.',
  'Running replicas verify tokens while the issuer is down, within bounds.',
  'Old and new replicas run together.',
  'Replicas run on a read-only root.',
  'The same requests to one replica and to three that are killed get the same answers.',
];

/** What must hold, in the groups of the page. */
export const requirementGroups: readonly RequirementGroup[] = [
  messaging,
  streams,
  outbox,
  transport,
  idempotency,
  {
    title: 'Reliability',
    requirements: numbered('R', RELIABILITY, { digits: 2 }),
  },
];
