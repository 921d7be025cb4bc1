import type { SimulatedMessage } from '../aws-simulator.js';

/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly body: string;
  /** A word such as `rejected` or `invalid-data`; undefined where SQS moved it after its last receive. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  /** `Class.method`. */
  readonly handler: string | undefined;
  /** Text attributes, the diagnosis included. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
}

export function deadLetterOf({ body, attributes }: SimulatedMessage): DeadLetter {
  const texts = Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]));
  return {
    body,
    reason: texts['lethe-reason'],
    detail: texts['lethe-detail'],
    handler: texts['lethe-handler'],
    attributes: texts,
  };
}
