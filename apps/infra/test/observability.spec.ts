import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FAULTS, nameOf } from '@lethe/chaos';
import { failureQueues, storeServices } from '@lethe/contracts';
import { kitMetrics } from '@lethe/service-kit';
import { BURN_RATES, OBJECTIVES } from '../src/observability/objectives.js';
import { EXPERIMENTS, WITHOUT_EXPERIMENT } from '../src/observability/experiments/experiments.js';
import { STAGES, Templates } from './templates.js';

interface MetricProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
}
interface AlarmProperties extends Partial<MetricProperties> {
  readonly AlarmName?: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Period?: number;
  readonly TreatMissingData?: string;
  readonly Metrics?: readonly {
    readonly Period?: number;
    readonly MetricStat?: { readonly Metric: MetricProperties; readonly Period: number };
  }[];
}
interface CompositeProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmRule: unknown;
  readonly AlarmActions?: readonly unknown[];
}

const sorted = (names: readonly string[]): string[] => names.toSorted((one, other) => one.localeCompare(other));

const templates = new Templates('production');
const alarms = templates
  .all<AlarmProperties>('AWS::CloudWatch::Alarm')
  .filter(({ stack }) => stack === 'observability');
const composites = templates.all<CompositeProperties>('AWS::CloudWatch::CompositeAlarm');
const named = (name: string) => alarms.find(({ properties }) => properties.AlarmName === `lethe-${name}`)?.properties;

/** Every metric that an alarm reads. */
const metricsOf = ({ Metrics, Namespace, MetricName, Dimensions }: AlarmProperties): MetricProperties[] =>
  Metrics === undefined
    ? [{ Namespace: Namespace ?? '', MetricName: MetricName ?? '', Dimensions: Dimensions ?? [] }]
    : Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));

describe('alarms', () => {
  it('R20: ring for every queue that ages, every dead letter and every stream that lags', () => {
    const text = JSON.stringify(alarms);
    const queues = templates
      .all<{ QueueName: string }>('AWS::SQS::Queue')
      .map(({ properties }) => properties.QueueName);

    expect(queues.length).toBeGreaterThan(failureQueues.length);
    for (const queue of queues) expect(text).toContain(`"Value":"${queue}"`);
    for (const { properties } of templates.all<{ Name: string }>('AWS::Kinesis::Stream'))
      expect(text).toContain(`"Value":"${properties.Name}"`);
  });

  it.each(storeServices.map(({ name }) => name))(
    'R12 R17: ring for errors, slowness and an outbox of %s that lags',
    (service) => {
      for (const symptom of ['errors', 'slow', 'outbox', 'parked'])
        expect({ symptom, found: named(`${symptom}-${service}`) !== undefined }).toEqual({ symptom, found: true });
    },
  );

  it('ring for leases that change hands, for orders that stand still, and when nothing can be bought', () => {
    const names = alarms.map(({ properties }) => properties.AlarmName);

    expect(names.filter((name) => name?.startsWith('lethe-leases-'))).not.toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['lethe-orders-stand-still', 'lethe-canary-buys']));
  });

  it('tell somebody when they begin and when they end, but for the windows of objectives', () => {
    const silent = alarms.filter(
      ({ properties: { AlarmActions = [], OKActions = [] } }) => AlarmActions.length * OKActions.length === 0,
    );

    expect(silent.filter(({ properties }) => !properties.AlarmName?.startsWith('lethe-window-'))).toEqual([]);
    expect(silent).toHaveLength(OBJECTIVES.length * BURN_RATES.length * 2);
    expect(composites.filter(({ properties }) => (properties.AlarmActions ?? []).length === 0)).toEqual([]);
  });

  it('name a part of the runbook, which is there', () => {
    const runbook = readFileSync(join(import.meta.dirname, '..', 'RUNBOOK.md'), 'utf8');
    const parts = new Set(
      [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-')),
    );
    const described = [...alarms, ...composites].map(({ properties }) => properties.AlarmDescription);

    expect(described.length).toBeGreaterThan(30);
    for (const text of described)
      expect(parts).toContain(/Runbook: apps\/infra\/RUNBOOK\.md#([\w-]+)$/.exec(text)?.[1] ?? text);
  });

  it('evaluate no longer than CloudWatch does: a day, or a week where a period is an hour or more', () => {
    const spans = alarms.map(({ properties: { Period, Metrics = [], EvaluationPeriods, AlarmName } }) => {
      const period = Math.max(...Metrics.map((one) => one.MetricStat?.Period ?? one.Period ?? 0), Period ?? 0);
      return { AlarmName, seconds: period * EvaluationPeriods, most: period >= 3_600 ? 604_800 : 86_400 };
    });

    expect(spans.filter(({ seconds, most }) => seconds === 0 || seconds > most)).toEqual([]);
  });
});

describe('metrics of the store', () => {
  it('R12: are read as services write them, by name and dimensions', () => {
    const business = [
      { name: 'Orders', dimensions: [['outcome']] },
      { name: 'Revenue', dimensions: [['currency']] },
    ];
    const written = new Set(
      [...kitMetrics, ...business].flatMap(({ name, dimensions }) =>
        dimensions.map((set) => [name, ...sorted(set)].join(' ')),
      ),
    );
    const read = alarms
      .flatMap(({ properties }) => metricsOf(properties))
      .filter(({ Namespace }) => Namespace === 'Lethe')
      .map(({ MetricName, Dimensions = [] }) => [MetricName, ...sorted(Dimensions.map(({ Name }) => Name))].join(' '));

    expect(read.length).toBeGreaterThan(storeServices.length * 4);
    expect(read.filter((one) => !written.has(one))).toEqual([]);
    expect(templates.text('services')).toContain('{"Name":"METRICS","Value":"emf"}');
  });
});

describe('objectives', () => {
  it('burn by the numbers of the SRE Workbook: 14.4 over 1 h and 5 min, 6 over 6 h and 30 min, 1 over 3 d and 6 h', () => {
    const windows = ['1h-1h', '1h-5m', '6h-6h', '6h-30m', '3d-3d', '3d-6h'];
    const shown = windows.map((window) => {
      const { Threshold, EvaluationPeriods, Metrics = [] } = named(`window-availability-${window}`) ?? {};
      const periods = Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Period]));
      return [window, Threshold, (EvaluationPeriods ?? 0) * Math.max(...periods)];
    });

    expect(shown).toEqual([
      ['1h-1h', 0.0144, 3_600],
      ['1h-5m', 0.0144, 300],
      ['6h-6h', 0.006, 21_600],
      ['6h-30m', 0.006, 1_800],
      ['3d-3d', 0.001, 259_200],
      ['3d-6h', 0.001, 21_600],
    ]);
    expect(named('window-latency-1h-1h')?.Threshold).toBe(0.144);
  });

  it('ring only when both windows burn', () => {
    expect(composites).toHaveLength(OBJECTIVES.length * BURN_RATES.length);
    for (const { properties } of composites) {
      expect(JSON.stringify(properties.AlarmRule)).toMatch(/ALARM\(.+ AND ALARM\(/);
    }
  });
});

describe('dashboards', () => {
  it('are one for each service, one for the business and one for all', () => {
    const names = templates
      .all<{ DashboardName: string }>('AWS::CloudWatch::Dashboard')
      .map(({ properties }) => properties.DashboardName);

    expect(names.sort()).toEqual(
      ['', '-business', ...storeServices.map(({ name }) => `-${name}`)].map((rest) => `lethe-production${rest}`).sort(),
    );
  });
});

describe('experiments', () => {
  const found = templates.all<{
    StopConditions: readonly { Source: string; Value: unknown }[];
    Actions: Readonly<Record<string, { ActionId: string }>>;
  }>('AWS::FIS::ExperimentTemplate');

  it('are there for every fault of `lethe chaos`, or it is said why not', () => {
    const covered = new Set(EXPERIMENTS.flatMap(({ faults }) => faults));
    const known = new Set(FAULTS.map(nameOf));
    const missing = FAULTS.filter(
      (fault) =>
        !covered.has(nameOf(fault)) && !(nameOf(fault) in WITHOUT_EXPERIMENT) && !(fault.kind in WITHOUT_EXPERIMENT),
    );

    expect(missing.map(nameOf)).toEqual([]);
    expect([...covered].filter((name) => !known.has(name))).toEqual([]);
    expect(sorted(found.map(({ properties }) => properties.Actions['fault']?.ActionId ?? ''))).toEqual(
      sorted(EXPERIMENTS.map(({ actionId }) => actionId)),
    );
  });

  it('stop when the budget of an objective burns', () => {
    for (const { properties } of found) {
      expect(properties.StopConditions.map(({ Source }) => Source)).toEqual(
        OBJECTIVES.map(() => 'aws:cloudwatch:alarm'),
      );
    }
  });
});

describe('logs', () => {
  it.each(STAGES)('S54 S60: mask persons and secrets in every group of %s', (stage) => {
    const groups = new Templates(stage).all<{ DataProtectionPolicy?: unknown }>('AWS::Logs::LogGroup');

    expect(groups.length).toBeGreaterThan(5);
    for (const { id, properties } of groups) {
      const text = JSON.stringify(properties.DataProtectionPolicy);
      expect({ id, text }).toEqual({ id, text: expect.stringContaining('data-identifier/EmailAddress') });
      expect(text).toContain('"Deidentify":{"MaskConfig":{}}');
    }
  });
});

describe('traces', () => {
  it('R35: are sent to X-Ray by every task, which takes them', () => {
    const tasks = templates.all('AWS::ECS::TaskDefinition');

    expect(tasks.length).toBeGreaterThanOrEqual(storeServices.length * 2);
    for (const task of tasks)
      expect(JSON.stringify(task)).toContain(
        '{"Name":"TRACES_URL","Value":"https://xray.eu-west-1.amazonaws.com/v1/traces"}',
      );
    expect(templates.all('AWS::XRay::TransactionSearchConfig')).toHaveLength(1);
  });
});

describe('long work', () => {
  it('R01: may keep its task, where a service has any', () => {
    const text = templates.text('services');

    expect(text.split('"ecs:UpdateTaskProtection"')).toHaveLength(2);
  });
});
