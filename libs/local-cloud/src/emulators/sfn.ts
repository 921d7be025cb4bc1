import { Journal } from '../step-functions/journal.js';
import { lambdaInvoker } from '../step-functions/lambda-invoker.js';
import { Runner } from '../step-functions/runner.js';
import { SfnApi } from '../step-functions/sfn-api.js';
import { createSfnServer } from '../step-functions/sfn-server.js';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';
import { serveHttp } from './http-emulator.js';

/** Step Functions by aws-local-stepfunctions and a journal; its tasks call functions at `functionsUrl`. */
export async function runSfn(options: EmulatorOptions): Promise<RunningEmulator> {
  // The library's JSONPath throws an error for each path that it reads; its stack would cost more than the reading.
  Error.stackTraceLimit = 2;
  const journal = new Journal(options.dataDir, !options.ephemeral);
  const place = `${options.region}:${options.accountId}`;
  const runner: Runner = new Runner(journal, lambdaInvoker(options.functionsUrl), (execution) =>
    api.executionArn(execution),
  );
  const api = new SfnApi(journal, runner, place);
  const server = await serveHttp(createSfnServer(api), options);
  runner.wake();
  return {
    ended: server.ended,
    stop: async () => {
      await server.stop();
      await runner.close();
      journal.close();
    },
  };
}
