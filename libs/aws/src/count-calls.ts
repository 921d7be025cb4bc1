import type { HandlerExecutionContext, MiddlewareStack } from '@smithy/types';
import type { AwsCall } from './call-counter.js';

function operationOf({ commandName }: HandlerExecutionContext): string {
  return (commandName ?? 'Unknown').replace(/Command$/, '');
}

/**
 * Reports every operation that a client ends, with its attempts. One middleware stands outside the SDK's retries and
 * sees operations, the other inside and sees attempts; both share the context of the operation.
 */
export function countCalls<Input extends object, Output extends object>(
  stack: MiddlewareStack<Input, Output>,
  service: string,
  onCall: (call: AwsCall) => void,
): void {
  const attemptsOf = new WeakMap<HandlerExecutionContext, number>();
  stack.add(
    (next, context) => async (args) => {
      const startedAt = performance.now();
      const report = (outcome: { readonly error?: unknown }) =>
        onCall({
          service,
          operation: operationOf(context),
          attempts: attemptsOf.get(context) ?? 0,
          durationMs: performance.now() - startedAt,
          ...outcome,
        });
      try {
        const result = await next(args);
        report({});
        return result;
      } catch (error) {
        report({ error });
        throw error;
      }
    },
    { step: 'initialize', priority: 'high', name: 'letheOperations' },
  );
  stack.add(
    (next, context) => (args) => {
      attemptsOf.set(context, (attemptsOf.get(context) ?? 0) + 1);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'letheAttempts' },
  );
}
