import { type Invoke } from './execution-run.js';
import { TaskError } from './step-functions.errors.js';

/** What the lambda:invoke integration hands a task, or the bare input of a task that names a function by ARN. */
interface Invocation {
  readonly FunctionName?: unknown;
  readonly Payload?: unknown;
}

/** Of the integration `lambda:invoke` (https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html). */
const SUCCESS = { ExecutedVersion: '$LATEST', StatusCode: 200 };

/**
 * Invokes functions by Lambda's Invoke API at `functionsUrl`. Their failures have the names that they have on AWS: the
 * function's own error, or `Lambda.*` where the function was not reached.
 */
export function lambdaInvoker(functionsUrl: string | undefined): Invoke {
  return async (input, timeoutSeconds) => {
    const { FunctionName: name, Payload } = Object(input) as Invocation;
    if (typeof name !== 'string') throw new TaskError('States.Runtime', 'the task names no function');
    if (functionsUrl === undefined) throw new TaskError('Lambda.SdkClientException', 'this cloud has no functions');
    const short = name.split(':function:').at(-1) ?? name;
    const url = `${functionsUrl}/2015-03-31/functions/${encodeURIComponent(short)}/invocations`;
    const response = await post(url, JSON.stringify(Payload ?? {}), timeoutSeconds);
    if (response.functionError) throw functionFailure(response.body);
    return JSON.stringify({
      ...SUCCESS,
      Payload: JSON.parse(response.body === '' ? 'null' : response.body) as unknown,
    });
  };
}

interface Answer {
  readonly body: string;
  readonly functionError: boolean;
}

async function post(url: string, body: string, timeoutSeconds: number | undefined): Promise<Answer> {
  const signal = timeoutSeconds === undefined ? null : AbortSignal.timeout(timeoutSeconds * 1_000);
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body, signal });
    const text = await response.text();
    if (response.ok) return { body: text, functionError: response.headers.has('x-amz-function-error') };
    throw new TaskError(serviceError(response.status), `${response.status} ${text.slice(0, 500)}`);
  } catch (error) {
    if (error instanceof TaskError) throw error;
    if (signal?.aborted === true) throw new TaskError('States.Timeout', `no answer within ${timeoutSeconds} s`);
    throw new TaskError('Lambda.SdkClientException', String(error));
  }
}

function serviceError(status: number): string {
  if (status === 404) return 'Lambda.ResourceNotFoundException';
  return status === 429 ? 'Lambda.TooManyRequestsException' : 'Lambda.ServiceException';
}

/** Its cause is what the function answered, as on AWS. */
function functionFailure(body: string): TaskError {
  const { errorType } = Object(JSON.parse(body)) as { readonly errorType?: unknown };
  return new TaskError(typeof errorType === 'string' ? errorType : 'Lambda.Unknown', body);
}
