import type { MessageHandler } from '@nestjs/microservices';

/**
 * The handlers of each pattern, in the order of their registration. Nest's own registry chains those of one event
 * (`next`), and then fork-joins them behind the transport's back: which ends at the first that ends without a value, and
 * would acknowledge a message that another handler still works on.
 */
export class HandlerRegistry {
  readonly #handlers = new Map<string, MessageHandler[]>();

  get all(): ReadonlyMap<string, readonly MessageHandler[]> {
    return this.#handlers;
  }

  add(pattern: string, handler: MessageHandler): void {
    const others = this.#handlers.get(pattern);
    if (others) others.push(handler);
    else this.#handlers.set(pattern, [handler]);
  }

  of(pattern: string): readonly MessageHandler[] {
    return this.#handlers.get(pattern) ?? [];
  }

  /** `Class.method` of the handlers, where `@Handles` declared them. */
  nameOf(pattern: string): string | undefined {
    const names = this.of(pattern).flatMap(({ extras }) => {
      const name: unknown = extras?.['handler'];
      return typeof name === 'string' ? [name] : [];
    });
    return names.length === 0 ? undefined : names.join(', ');
  }
}
