import { DAYS_PER_MONTH, HOURS_PER_MONTH, type Load, callsOf } from './load.js';
import { BYTES_PER_GB, type Usage, used } from './usage.js';

/** An I/O of Aurora's storage, of which log records are written. Source: "Amazon Aurora Pricing": 4 KB. */
const IO_BYTES = 4_096;
/** Capacity that RDS Proxy bills for the smallest serverless cluster. Source: "Amazon RDS Proxy Pricing". */
const LEAST_PROXY_UNITS = 8;
const LEAST_CACHE_GB = 0.1;
/** Commands of about a kilobyte. Source: "Amazon ElastiCache Pricing": an ECPU per kilobyte. */
const ECPU_PER_COMMAND = 1;
/** Events that an order leaves in the lake: placed, confirmed, two lines, and what happens later. */
const EVENTS_PER_ORDER = 5;
const TABLES = 6;
/** What autoscaling of provisioned tables aims at. Source: "Managing throughput capacity automatically": 70 %. */
const TABLE_UTILISATION = 0.7;

const WRITES = /^dynamodb\.(Put|Update|Delete|Transact)/;
const READS = /^dynamodb\.(Get|Query|Scan|BatchGet)/;

/** PostgreSQL: the cluster, its storage, and the proxy before it. */
export function databaseUsage(load: Load): Usage[] {
  const { profile, stage } = load.situation;
  const instances = 1 + stage.database.readers;
  const unitHours = load.monthlyHours((hour) => load.acu(hour));
  const walBytes =
    load.ordersPerMonth *
      load.perOrder(profile.database.perOrder.walBytes, profile.database.perOrderTogether.walBytes) +
    load.visitsPerMonth * profile.database.perVisit.walBytes;
  const stored = storedGb(load);
  return [
    used('aurora.acu-hour', unitHours * instances, `writer and ${stage.database.readers} readers`),
    used('aurora.storage-gb-month', stored, 'what is kept'),
    used('aurora.io', walBytes / IO_BYTES, 'writes'),
    used('aurora.backup-gb-month', (stored * stage.database.backupDays) / DAYS_PER_MONTH, 'backups'),
    used(
      'rds-proxy.acu-hour',
      load.monthlyHours((hour) => Math.max(LEAST_PROXY_UNITS, load.acu(hour))),
      'proxy',
    ),
  ];
}

/** Gigabytes in the databases when the load has gone on for as long as data are kept. */
export function storedGb(load: Load): number {
  const { database, assumptions } = load.situation.profile;
  const monthly =
    load.ordersPerMonth * database.storedBytesPerOrder + load.visitsPerMonth * database.storedBytesPerVisit;
  return (monthly * assumptions.keptMonths.value) / BYTES_PER_GB;
}

/** DynamoDB: carts, sessions, revocations, leases, limits. */
export function tableUsage(load: Load): Usage[] {
  if (load.situation.choices.tables === 'on-demand')
    return [used('dynamodb.write', load.calls(WRITES), 'writes'), used('dynamodb.read', load.calls(READS), 'reads')];
  return [
    used('dynamodb.wcu-hour', provisioned(load, WRITES), 'write capacity'),
    used('dynamodb.rcu-hour', provisioned(load, READS), 'read capacity'),
  ];
}

/** Unit-hours of all tables together, as autoscaling follows the hours of the day. */
function provisioned(load: Load, pattern: RegExp): number {
  const { profile } = load.situation;
  const services = Object.values(profile.services);
  const sum = (of: (service: (typeof services)[number]) => number): number =>
    services.reduce((total, service) => total + of(service), 0);
  const [perOrder, perVisit] = [
    sum((service) => callsOf(service.perOrder, pattern)),
    sum((service) => callsOf(service.perVisit, pattern)),
  ];
  return load.monthlyHours((hour) => {
    const idle = Object.entries(profile.services).reduce(
      (total, [name, service]) => total + callsOf(service.idlePerHour, pattern) * load.tasks(name, hour),
      0,
    );
    const perSecond = (hour.orders * perOrder + hour.visits * perVisit) * profile.assumptions.peakOfHour.value + idle;
    return Math.max(TABLES, Math.ceil(perSecond / 3_600 / TABLE_UTILISATION));
  });
}

/** Valkey: limits, products, sessions. */
export function cacheUsage(load: Load): Usage[] {
  const { valkey } = load.situation.profile;
  const commands = load.ordersPerMonth * valkey.commandsPerOrder + load.visitsPerMonth * valkey.commandsPerVisit;
  return [
    used('valkey.gb-hour', LEAST_CACHE_GB * HOURS_PER_MONTH, 'least storage'),
    used('valkey.ecpu', commands * ECPU_PER_COMMAND, 'commands'),
  ];
}

/** S3 and the warehouse: the lake, images, uploads. */
export function lakeUsage(load: Load): Usage[] {
  const { profile, platform } = load.situation;
  const events = load.clicksPerMonth + load.ordersPerMonth * EVENTS_PER_ORDER;
  const { lakeBytesPerEvent, keptMonths } = profile.assumptions;
  return [
    used('s3.gb-month', (events * lakeBytesPerEvent.value * keptMonths.value) / BYTES_PER_GB, 'the lake'),
    used('s3.write', load.calls(/^s3\.(Put|Upload|Complete|Create|List|Copy)/), 'writes'),
    used('s3.read', load.calls(/^s3\.(Get|Head)/), 'reads'),
    used('redshift.rpu-hour', platform.warehouseRpuHoursPerDay * DAYS_PER_MONTH, 'the warehouse, once a day'),
  ];
}
