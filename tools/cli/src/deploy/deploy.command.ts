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
import { type DeploymentOptions, deploymentOf } from './deployment.js';
import { deploymentSteps } from './deployment-steps.js';
import { lineOf } from './step-command.js';
import { takeSteps } from './take-steps.js';

export interface DeployOptions extends DeploymentOptions {
  readonly plan?: true;
  readonly dryRun?: true;
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

/**
 * `lethe deploy`: a clone of this repository becomes the store of an account, step by step; with `--dry-run` only what that would
 * be. Throws {@link CommandFailed} where something is not said, and where a step fails.
 */
export async function deployCommand(config: CliConfig, options: DeployOptions, terminal: Terminal): Promise<void> {
  const deployment = deploymentOf(options, config);
  const { stage, account, region, domain } = deployment;
  if (options.dryRun === true) {
    const steps = deploymentSteps.map(({ name, does, commands, puts }) => ({
      step: name,
      does,
      commands: commands(deployment).map(lineOf),
      puts: (puts?.(deployment) ?? []).map(([what, where]) => ({ what, where })),
    }));
    print(terminal, options.json, { stage, account, region, domain, steps }, () => dryRunText(steps));
    return;
  }
  const steps = await takeSteps(deployment, (line) => void terminal.err.write(`${line}\n`));
  print(terminal, options.json, { stage, account, region, domain, steps }, () => deployedText(domain, region));
}

interface DryStep {
  readonly step: string;
  readonly does: string;
  readonly commands: readonly string[];
  readonly puts: readonly { readonly what: string; readonly where: string }[];
}

function dryRunText(steps: readonly DryStep[]): string {
  const lines = steps.flatMap(({ step, does, commands, puts }, at) => [
    `${at + 1} ${step}: ${does}`,
    ...commands.map((line) => `    ${line}`),
    ...puts.map(({ what, where }) => `    ${what} -> ${where}`),
  ]);
  return `${lines.join('\n')}\n`;
}

const deployedText = (domain: string, region: string): string => `https://${domain} is in production.
The password of the first admin: aws secretsmanager get-secret-value --region ${region} --secret-id lethe/auth/admin-password
`;
