import {
  type MessageDefinition,
  MessageFormatError,
  type MessageOf,
  decodeEnvelope,
  readMessage,
} from '@lethe/topology';
import type { History } from '../history.js';

/** The messages of one definition that a topic or queue was given, in order. What is none is not of this definition. */
export function messagesOf<D extends MessageDefinition>(
  definition: D,
  destination: string,
  history: History,
): MessageOf<D>[] {
  return history.of(definition.kind === 'event' ? 'published' : 'sent', destination).flatMap(({ body = '' }) => {
    try {
      const envelope = decodeEnvelope(body);
      return envelope.type === definition.type ? [readMessage(definition, envelope)] : [];
    } catch (error) {
      if (error instanceof MessageFormatError) return [];
      throw error;
    }
  });
}
