import { parseArgs } from 'node:util';
import { UsageError } from './bench.errors.js';
import { type WorkloadName, workloads } from './workload.js';

export const USAGE = `npm run bench -- <suite> [options]

  messaging            consuming, sending and the outbox, some six minutes
  identity             tokens, guards, sessions and sign-in, some two minutes
  orders               placing, confirming and listing orders, a hot product, some six minutes
  streaming            producing and consuming, windows, dashboards and the warehouse, some ten minutes
  startup              each service's bundle beside an empty service, some four minutes

  --quick              shorter runs
  --check              fail where a bound is missed
  --json               print the figures as JSON
  --write              write the suite's part of docs/benchmarks.md, after a whole run
  --only <regexp>      only the contenders (messaging) services (startup) or parts whose name matches

Of messaging alone:
  --workload <names>   only these handlers: none, steady, mixed
  --rtt <ms>           each answer comes so much later: a queue that is further away than this machine
  --tune <numbers>     the contenders' best settings with these numbers of polls, one after the other
  --cpu-prof <dir>     leave a CPU profile of each contender there
`;

const SUITES = ['messaging', 'identity', 'orders', 'streaming', 'startup'] as const;
/** What is measured in one run. */
export type Suite = (typeof SUITES)[number];

export interface BenchOptions {
  readonly suite: Suite;
  readonly quick: boolean;
  readonly check: boolean;
  readonly json: boolean;
  readonly write: boolean;
  readonly only: RegExp | undefined;
  readonly workloads: readonly WorkloadName[];
  readonly rtt: number;
  readonly tune: readonly number[] | undefined;
  readonly cpuProfiles: string | undefined;
}

const isWorkload = (name: string): name is WorkloadName => name in workloads;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        only: { type: 'string' },
        workload: { type: 'string', default: 'none,steady,mixed' },
        rtt: { type: 'string', default: '0' },
        tune: { type: 'string' },
        'cpu-prof': { type: 'string' },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Reads the command line. Throws a {@link UsageError}. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parse(args);
  const suite = SUITES.find((name) => name === positionals.join(' '));
  if (!suite) throw new UsageError(`the benchmarks that there are: ${SUITES.join(', ')}`);
  const names = values.workload.split(',');
  const unknown = names.find((name) => !isWorkload(name));
  if (unknown !== undefined) throw new UsageError(`there is no handler ${unknown}`);
  const part = values.quick || values.only !== undefined || values.tune !== undefined || values.rtt !== '0';
  if (values.write && (part || names.length < Object.keys(workloads).length))
    throw new UsageError('only a whole run is written down');
  return {
    suite,
    quick: values.quick,
    check: values.check,
    json: values.json,
    write: values.write,
    only: values.only === undefined ? undefined : new RegExp(values.only),
    workloads: names.filter(isWorkload),
    rtt: Number(values.rtt),
    tune: values.tune?.split(',').map(Number),
    cpuProfiles: values['cpu-prof'],
  };
}
