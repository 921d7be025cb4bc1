import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkPreconditions } from '@lethe/cost';
import { DeliveryError, runCommand } from '@lethe/delivery';
import { CommandFailed } from '../output.js';
import type { Deployment } from './deployment.js';
import { type DeploymentStep, type Looking, deploymentSteps } from './deployment-steps.js';
import type { StepCommand } from './step-command.js';

/** A step that is over. */
export interface TakenStep {
  readonly step: string;
  readonly outcome: 'done' | 'taken before';
}

/**
 * Takes all steps, one after the other, and ends at the first that fails. Throws a {@link CommandFailed} that names the step and the
 * cause; who runs it again goes on from there, because what has been done is found done.
 */
export async function takeSteps(deployment: Deployment, tell: (line: string) => void): Promise<TakenStep[]> {
  mkdirSync(deployment.folder, { recursive: true });
  const taken: TakenStep[] = [];
  for (const [at, step] of deploymentSteps.entries()) {
    const title = `step ${at + 1} of ${deploymentSteps.length}, ${step.name}`;
    tell(`${title}: ${step.does}`);
    try {
      const before = await take(step, deployment);
      tell(`${title}: ${before ?? 'done'}`);
      taken.push({ step: step.name, outcome: before === undefined ? 'done' : 'taken before' });
    } catch (error) {
      throw new CommandFailed(`${title}, failed: ${causeOf(error)}\nlethe: ${ADVICE}`, { cause: error });
    }
  }
  return taken;
}

const ADVICE = 'run the same command again when that is mended: it goes on where it ended';

/** Why it was not necessary; undefined where it was, and has been done. */
async function take({ faults, taken, commands }: DeploymentStep, deployment: Deployment): Promise<string | undefined> {
  const looking = lookingInto(deployment);
  const found = (await faults?.(deployment, looking)) ?? [];
  if (found.length > 0) throw new CommandFailed(found.join('; '));
  const before = await taken?.(deployment, looking);
  if (before !== undefined) return before;
  for (const command of commands(deployment)) await run(command, deployment, true);
  return undefined;
}

function lookingInto(deployment: Deployment): Looking {
  const { account, vcpus } = deployment;
  return {
    answer: (command) => run(command, deployment, false),
    unmet: async (region, which) => {
      const found = await checkPreconditions({ region, account, vcpus });
      // Without credentials nothing else is asked.
      return found
        .filter(({ name, met }) => !met && (name === 'credentials' || which.includes(name)))
        .map(({ name, says }) => `${name}: ${says}`);
    },
  };
}

function run(
  { program, args, env = {}, cwd = '' }: StepCommand,
  { root }: Deployment,
  shown: boolean,
): Promise<string> {
  const command = program === 'node' ? process.execPath : program;
  return runCommand(command, args, { cwd: join(root, cwd), env, shown });
}

function causeOf(error: unknown): string {
  if (error instanceof CommandFailed || error instanceof DeliveryError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
