/** A replica dies here: nothing of it goes on. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * The instants just before and just after each effect of the work under way, such as a commit or a call of a neighbour. At
 * one of them something may happen: a death, an answer that is lost, or something else that is done in between. `Place`
 * names the kinds of effects.
 */
export class Instants<Place extends string = string> {
  #armed: { left: number; readonly happen: (place: Place) => Promise<void> } | undefined;

  /** Lets something happen once, after so many instants. */
  arm(after: number, happen: (place: Place) => Promise<void>): void {
    this.#armed = { left: after, happen };
  }

  /** What was armed and has not happened will not. */
  disarm(): void {
    this.#armed = undefined;
  }

  /** Does it with an instant before and one after. */
  async around<T>(place: Place, effect: () => Promise<T>): Promise<T> {
    await this.#pass(place);
    const result = await effect();
    await this.#pass(place);
    return result;
  }

  /** The same object, but for an instant before and one after each of these methods, which give promises. */
  watch<T extends object>(place: Place, target: T, methods: readonly (keyof T)[]): T {
    const watched: ReadonlySet<unknown> = new Set(methods);
    return new Proxy(target, {
      get: (object, name) => {
        const member: unknown = Reflect.get(object, name, object);
        if (typeof member !== 'function') return member;
        const call = (...args: unknown[]): unknown => Reflect.apply(member, object, args);
        if (!watched.has(name)) return call;
        return (...args: unknown[]) => this.around(place, async () => call(...args));
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
