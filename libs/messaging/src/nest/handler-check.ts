import { type ServiceDefinition, isMessageType } from '@lethe/topology';
import type { MessageHandler } from '@nestjs/microservices';
import { HandlerMismatchError } from '../messaging.errors.js';

/**
 * Throws a {@link HandlerMismatchError} unless each message that the service declares has a handler, a command only one,
 * and each handler is for a message that it declares. Patterns that are no types of messages are those of the other
 * transports of a hybrid application, and are let be.
 */
export function checkHandlers(
  service: ServiceDefinition,
  handlers: ReadonlyMap<string, readonly MessageHandler[]>,
): void {
  const declared = new Map(service.handles.map(({ type, kind }) => [type, kind]));
  const missing = [...declared.keys()].filter((type) => !handlers.has(type));
  const duplicated = [...handlers]
    .filter(([type, { length }]) => declared.get(type) === 'command' && length > 1)
    .map(([type]) => type);
  const undeclared = [...handlers.keys()].filter((type) => !declared.has(type) && isMessageType(type));
  if (missing.length + duplicated.length + undeclared.length > 0)
    throw new HandlerMismatchError(service.name, missing, duplicated, undeclared);
}
