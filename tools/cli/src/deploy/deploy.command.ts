import { join } from 'node:path';
import {
  type Precondition,
  checkPreconditions,
  planOf,
  planText,
  readCostData,
  readTemplates,
  stageNamed,
  synthesize,
} from '@lethe/cost';
import type { CliConfig } from '../cli.config.js';
import { CommandFailed } from '../output.js';
import { type Terminal, print } from '../terminal.js';

export interface DeployOptions {
  readonly stage: string;
  readonly templateDir?: string;
  readonly ordersPerDay: number;
  readonly visitsPerDay?: number;
  /** False: nothing is asked of AWS. */
  readonly check: boolean;
  readonly json?: true;
}

/** As `lethe cost` has it. */
const VISITS_PER_ORDER = 50;

/**
 * `lethe deploy --plan`: what would be created, who might do what, and what it would cost a month; then whether it could
 * begin. Throws {@link CommandFailed} where it could not.
 */
export async function planCommand(config: CliConfig, options: DeployOptions, terminal: Terminal): Promise<void> {
  const stage = stageNamed(options.stage);
  const main = join(config.root, 'apps', 'infra', 'dist', 'main.js');
  const stacks =
    options.templateDir === undefined
      ? await synthesize(main, { stage: stage.name })
      : readTemplates(options.templateDir);
  const { ordersPerDay, visitsPerDay = ordersPerDay * VISITS_PER_ORDER } = options;
  const plan = planOf(stacks, stage, { ordersPerDay, visitsPerDay }, readCostData());
  const { region, account } = stage;
  const preconditions: readonly Precondition[] = options.check
    ? await checkPreconditions({ region, account, vcpus: plan.vcpus })
    : [];
  print(terminal, options.json, { ...plan, preconditions }, () => planText(plan, preconditions));
  const unmet = preconditions.filter(({ met }) => !met);
  if (unmet.length > 0) throw new CommandFailed(unmet.map(({ name, says }) => `${name}: ${says}`).join('\nlethe: '));
}
