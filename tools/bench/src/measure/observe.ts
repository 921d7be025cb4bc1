import type { DeleteMessageBatchCommandInput, DeleteMessageCommandInput, Message } from '@aws-sdk/client-sqs';
import { numberOf } from '../topology.js';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: object;
}
type Send = (command: Command, ...rest: unknown[]) => Promise<object>;

/** Told of answers as they arrive. */
export interface Watcher {
  /** One request was answered. */
  called(): void;
  received?(receiptHandle: string, n: number): void;
  deleted?(receiptHandle: string): void;
}

/**
 * Tells the watcher of the answers that an SDK client, or one that stands in for it, hands to its user. Every contender
 * that has such a client is watched by this one function, at the same price.
 */
export function observe<Client extends { readonly send: unknown }>(client: Client, watcher: Watcher): Client {
  const send = (client.send as Send).bind(client);
  const observed: Send = async (command, ...rest) => {
    const output = await send(command, ...rest);
    watcher.called();
    tell(watcher, command, output);
    return output;
  };
  Reflect.set(client, 'send', observed);
  return client;
}

function tell(watcher: Watcher, command: Command, output: object): void {
  switch (command.constructor.name) {
    case 'ReceiveMessageCommand':
      received(watcher, (output as { readonly Messages?: readonly Message[] }).Messages ?? []);
      break;
    case 'DeleteMessageBatchCommand':
      for (const { ReceiptHandle } of (command.input as DeleteMessageBatchCommandInput).Entries ?? []) {
        if (ReceiptHandle !== undefined) watcher.deleted?.(ReceiptHandle);
      }
      break;
    case 'DeleteMessageCommand': {
      const { ReceiptHandle } = command.input as DeleteMessageCommandInput;
      if (ReceiptHandle !== undefined) watcher.deleted?.(ReceiptHandle);
      break;
    }
    default:
  }
}

/** Tells the watcher of messages as a receive answered them. */
export function received(watcher: Watcher, messages: readonly Message[]): void {
  for (const { ReceiptHandle, Body } of messages) {
    if (ReceiptHandle !== undefined && Body !== undefined) watcher.received?.(ReceiptHandle, numberOf(Body));
  }
}
