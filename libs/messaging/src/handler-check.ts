import type { ServiceDefinition } from '@lethe/topology';
import type { MessageHandler } from '@nestjs/microservices';
import { HandlerMismatchError } from './messaging.errors.js';

/**
 * Throws a {@link HandlerMismatchError} unless each message that the service declares has exactly one handler, and each
 * handler is for a message that it declares.
 */
export function checkHandlers(service: ServiceDefinition, handlers: ReadonlyMap<string, MessageHandler>): void {
  const declared = new Set(service.handles.map(({ type }) => type));
  const missing = [...declared].filter((type) => !handlers.has(type));
  const duplicated = [...handlers].filter(([, handler]) => handler.next !== undefined).map(([type]) => type);
  const undeclared = [...handlers.keys()].filter((type) => !declared.has(type));
  if (missing.length + duplicated.length + undeclared.length > 0)
    throw new HandlerMismatchError(service.name, missing, duplicated, undeclared);
}
