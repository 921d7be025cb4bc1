import {
  type Envelope,
  type MessageDefinition,
  MessageFormatError,
  acceptedTypes,
  decodeEnvelope,
} from '@lethe/topology';
import type { ServiceDefinition } from '@lethe/topology';
import type { HandlerOutcome } from '../handler-outcome.js';
import { ClaimCheckError } from '../messaging.errors.js';

/** A body as far as it could be read before its data is: a message for somebody, or one for the dead-letter queue. */
export type Incoming =
  | { readonly kind: 'message'; readonly definition: MessageDefinition; readonly envelope: Envelope }
  | { readonly kind: 'refused'; readonly outcome: HandlerOutcome; readonly envelope?: Envelope };

/** Reads bodies for one service. Neither unknown types nor undecodable bodies get as far as their data. */
export class IncomingReader {
  readonly #definitions = new Map<string, MessageDefinition>();
  readonly #senders: ReadonlyMap<MessageDefinition, ReadonlySet<string>>;

  /** Commands are taken from those of the services that declare to send them; events from their owner (`readMessage`). */
  constructor({ handles }: ServiceDefinition, services: readonly ServiceDefinition[]) {
    this.#senders = new Map(handles.map((definition) => [definition, sendersOf(definition, services)]));
    for (const definition of handles)
      for (const type of acceptedTypes(definition)) this.#definitions.set(type, definition);
    // A version that is handled itself is not lifted to a newer one.
    for (const definition of handles) this.#definitions.set(definition.type, definition);
  }

  /** Never throws. */
  read(body: string): Incoming {
    let envelope: Envelope;
    try {
      envelope = decodeEnvelope(body);
    } catch (error) {
      return { kind: 'refused', outcome: formatOutcome(error) };
    }
    const definition = this.#definitions.get(envelope.type);
    if (definition && this.#isFromSender(definition, envelope)) return { kind: 'message', definition, envelope };
    if (definition) {
      const detail = `${envelope.source} does not send ${envelope.type}`;
      return { kind: 'refused', outcome: reject('unknown-source', detail), envelope };
    }
    const detail = `the service does not handle ${envelope.type}`;
    return { kind: 'refused', outcome: reject('unknown-type', detail), envelope };
  }

  #isFromSender(definition: MessageDefinition, { source }: Envelope): boolean {
    return definition.kind === 'event' || this.#senders.get(definition)?.has(source) === true;
  }
}

/** Names of the services that send a command, in any version that its handler takes. */
function sendersOf(definition: MessageDefinition, services: readonly ServiceDefinition[]): ReadonlySet<string> {
  const types: readonly string[] = acceptedTypes(definition);
  return new Set(
    services.filter(({ sends }) => sends.some(({ type }) => types.includes(type))).map(({ name }) => name),
  );
}

function reject(reason: 'unknown-source' | 'unknown-type', detail: string): HandlerOutcome {
  return { kind: 'reject', reason, detail, error: undefined };
}

/** What an error of reading a message means: no retry mends a format, and any other fault may pass. */
export function formatOutcome(error: unknown): HandlerOutcome {
  if (error instanceof MessageFormatError)
    return { kind: 'reject', reason: error.reason, detail: error.message, error };
  if (error instanceof ClaimCheckError) return { kind: 'reject', reason: 'claim-check', detail: error.message, error };
  return { kind: 'retry', error };
}
