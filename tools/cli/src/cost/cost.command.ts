import {
  baselineSchema,
  costReport,
  htmlOf,
  judge,
  readCostData,
  readData,
  stageNamed,
  tableOf,
  textOf,
} from '@lethe/cost';
import { CommandFailed } from '../output.js';
import { type Terminal, print } from '../terminal.js';

/** Where the data of the model come from, if not from the committed files. */
interface DataOptions {
  readonly profile?: string;
  readonly prices?: string;
  readonly json?: true;
}

export interface CostOptions extends DataOptions {
  readonly ordersPerDay: number;
  readonly visitsPerDay?: number;
  readonly stage: string;
  readonly freeTier?: true;
  readonly html?: true;
}

export interface GateOptions extends DataOptions {
  readonly gate: string;
  readonly maxRise: number;
}

/** Visits of which one ends in an order, where nobody says how many there are: a usual rate of conversion is 2 %. */
const VISITS_PER_ORDER = 50;

/** `lethe cost`: what the store costs at a demand, and what else it could cost. */
export function costCommand(options: CostOptions, terminal: Terminal): void {
  const { prices, limits, profile, platform } = readCostData(options);
  const { ordersPerDay, visitsPerDay = ordersPerDay * VISITS_PER_ORDER } = options;
  const situation = { demand: { ordersPerDay, visitsPerDay }, profile, platform, stage: stageNamed(options.stage) };
  const report = costReport(situation, { prices, limits }, options.freeTier === true);
  if (options.html === true) terminal.out.write(htmlOf(report));
  else print(terminal, options.json, report, () => textOf(report));
}

/** `lethe cost --gate`: whether an order costs more than somebody last agreed to. Throws {@link CommandFailed} if so. */
export function gateCommand(options: GateOptions, terminal: Terminal): void {
  const baseline = readData(options.gate, baselineSchema);
  const { prices, profile, platform } = readCostData(options);
  const situation = { profile, platform, stage: stageNamed(baseline.stage) };
  const judged = judge(baseline, situation, prices, options.maxRise);
  print(
    terminal,
    options.json,
    { maxRise: options.maxRise, orders: judged },
    () =>
      `${tableOf(
        ['orders a day', 'USD an order before', 'now', 'rise', ''],
        judged.map(({ ordersPerDay, before, now, rise, passes }) => [
          ordersPerDay.toLocaleString('en-US'),
          before.toFixed(6),
          now.toFixed(6),
          `${(rise * 100).toFixed(2)} %`,
          passes ? 'passes' : 'costs too much',
        ]),
      )}\n`,
  );
  const failed = judged.filter(({ passes }) => !passes);
  if (failed.length > 0)
    throw new CommandFailed(
      `an order costs more than ${(options.maxRise * 100).toFixed(1)} % above the baseline of ${baseline.date}; make it cheaper, or commit a new baseline that says why`,
    );
}
