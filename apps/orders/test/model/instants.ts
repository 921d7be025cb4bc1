import type { Database } from '@lethe/database';

/** A replica dies here: nothing of it goes on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Between which effects an instant is: commits, calls of the provider, or starts of workflows. */
export type Place = 'commit' | 'provider' | 'workflow';

/**
 * The instants just before and just after each effect of the work under way. At one of them something may happen: a death,
 * an answer that is lost, or something else that is done in between.
 */
export class Instants {
  #armed: { left: number; readonly happen: (place: Place) => Promise<void> } | undefined;

  /** Lets something happen once, after so many instants. */
  arm(after: number, happen: (place: Place) => Promise<void>): void {
    this.#armed = { left: after, happen };
  }

  /** Whether what was armed has not happened; it will not any more. */
  disarm(): boolean {
    const pending = this.#armed !== undefined;
    this.#armed = undefined;
    return pending;
  }

  async around<T>(place: Place, effect: () => Promise<T>): Promise<T> {
    await this.#pass(place);
    const result = await effect();
    await this.#pass(place);
    return result;
  }

  /** A database whose statements and transactions are effects. */
  database(database: Database): Database {
    return new Proxy(database, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
        if (name !== 'query' && name !== 'transaction') return call;
        return (...args: unknown[]) => this.around('commit', async () => call(...args));
      },
    });
  }

  async #pass(place: Place): Promise<void> {
    const armed = this.#armed;
    if (armed === undefined) return;
    armed.left -= 1;
    if (armed.left >= 0) return;
    this.#armed = undefined;
    await armed.happen(place);
  }
}
