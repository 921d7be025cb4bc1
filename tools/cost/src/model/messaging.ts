import { HOURS_PER_MONTH, type Load } from './load.js';
import { BYTES_PER_GB, type Usage, used } from './usage.js';

/** What one record of an on-demand stream counts as at least. Source: "Amazon Kinesis Data Streams Pricing": 1 KB. */
const LEAST_RECORD_BYTES = 1_024;
/** A PUT payload unit. Source: as above. */
const PUT_UNIT_BYTES = 25 * 1_024;
/** Of one shard. Source: "Quotas and limits" of Kinesis Data Streams. */
const SHARD = { recordsPerSecond: 1_000, bytesInPerSecond: 1_048_576, bytesOutPerSecond: 2 * 1_048_576 };
/** Bytes of clicks that one aggregated record holds: those that come in 100 ms, up to 25 KB. */
const AGGREGATION_SECONDS = 0.1;

/** SNS and SQS. */
export function messageUsage(load: Load): Usage[] {
  return [
    used('sns.publish', load.calls(/^sns\.Publish/), 'events'),
    used('sqs.request', load.calls(/^sqs\.(Send|Delete|Change)/), 'sent, deleted, put off'),
    used('sqs.request', load.calls(/^sqs\.(?!Send|Delete|Change)/), 'receives, most of them empty'),
  ];
}

/** Records of clicks in a month and the bytes each counts with, both into the stream; clicks that were enriched go into a second one. */
function records(load: Load): { readonly perMonth: number; readonly bytes: number } {
  const { clickBytes } = load.situation.profile.assumptions;
  const clicks = 2 * load.clicksPerMonth;
  if (load.situation.choices.records === 'single') return { perMonth: clicks, bytes: clickBytes.value };
  const perSecond = clicks / HOURS_PER_MONTH / 3_600;
  const together = Math.min(Math.floor(PUT_UNIT_BYTES / clickBytes.value), 1 + perSecond * AGGREGATION_SECONDS);
  return { perMonth: clicks / together, bytes: clickBytes.value * together };
}

/** Shards that the stream of clicks needs in its busiest minute. */
export function shardsNeeded(load: Load): number {
  const { clicksPerVisit, assumptions } = load.situation.profile;
  const perSecond = load.peakPerSecond(0, clicksPerVisit);
  const { perMonth } = records(load);
  const recordsPerClick = load.clicksPerMonth === 0 ? 0 : perMonth / (2 * load.clicksPerMonth);
  const bytes = perSecond * assumptions.clickBytes.value;
  const readers = load.situation.choices.reading === 'polling' ? load.clickReaders : 1;
  return Math.max(
    1,
    Math.ceil((perSecond * recordsPerClick) / SHARD.recordsPerSecond),
    Math.ceil(bytes / SHARD.bytesInPerSecond),
    Math.ceil((bytes * readers) / SHARD.bytesOutPerSecond),
  );
}

/** The streams of clicks. */
export function streamUsage(load: Load): Usage[] {
  const { choices, profile } = load.situation;
  const { perMonth, bytes } = records(load);
  const counted =
    (perMonth * Math.max(bytes, choices.records === 'single' ? LEAST_RECORD_BYTES : bytes)) / BYTES_PER_GB;
  const read = (load.clicksPerMonth * profile.assumptions.clickBytes.value * load.clickReaders) / BYTES_PER_GB;
  const fanOut = choices.reading === 'fan-out';
  if (choices.streams === 'on-demand')
    return [
      used('kinesis.stream-hour', HOURS_PER_MONTH * load.streams, 'streams'),
      used('kinesis.in-gb', counted, 'clicks written'),
      used(fanOut ? 'kinesis.out-efo-gb' : 'kinesis.out-gb', read, 'clicks read'),
    ];
  const shardHours = HOURS_PER_MONTH * load.streams * shardsNeeded(load);
  return [
    used('kinesis.shard-hour', shardHours, 'shards'),
    used('kinesis.put-unit', perMonth * Math.ceil(bytes / PUT_UNIT_BYTES), 'clicks written'),
    ...(fanOut
      ? [
          used('kinesis.efo-shard-hour', shardHours * load.clickReaders, 'fan-out'),
          used('kinesis.efo-gb', read, 'clicks read'),
        ]
      : []),
  ];
}
