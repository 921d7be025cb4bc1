import type { DeleteMessageBatchCommandInput, DeleteMessageCommandInput, Message } from '@aws-sdk/client-sqs';
import { numberOf } from '../topology.js';
import type { Probe } from './probe.js';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}
type Send = (command: Command, ...rest: unknown[]) => Promise<object>;

/**
 * Tells the probe of the answers that an SDK client, or one that stands in for it, hands to its user. Every contender
 * that has such a client is watched by this one function, at the same price.
 */
export function observe<Client extends { readonly send: unknown }>(client: Client, probe: Probe): Client {
  const send = (client.send as Send).bind(client);
  const observed: Send = async (command, ...rest) => {
    const output = await send(command, ...rest);
    probe.called();
    tell(probe, command, output);
    return output;
  };
  Reflect.set(client, 'send', observed);
  return client;
}

function tell(probe: Probe, command: Command, output: object): void {
  switch (command.constructor.name) {
    case 'ReceiveMessageCommand':
      received(probe, (output as { readonly Messages?: readonly Message[] }).Messages ?? []);
      break;
    case 'DeleteMessageBatchCommand':
      for (const { ReceiptHandle } of (command.input as DeleteMessageBatchCommandInput).Entries ?? []) {
        if (ReceiptHandle !== undefined) probe.deleted(ReceiptHandle);
      }
      break;
    case 'DeleteMessageCommand': {
      const { ReceiptHandle } = command.input as DeleteMessageCommandInput;
      if (ReceiptHandle !== undefined) probe.deleted(ReceiptHandle);
      break;
    }
    default:
  }
}

/** Tells the probe of messages as a receive answered them. */
export function received(probe: Probe, messages: readonly Message[]): void {
  for (const { ReceiptHandle, Body } of messages) {
    if (ReceiptHandle !== undefined && Body !== undefined) probe.received(ReceiptHandle, numberOf(Body));
  }
}
