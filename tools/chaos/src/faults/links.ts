import type { Backing } from '@lethe/store';
import { Link } from './link.js';

/** The lines between the services and what they stand on, one per backing store. */
export class Links {
  readonly #links = new Map<Backing, Link>();

  /** The same URL, over a line of its own. For `StoreOptions.reroute`. */
  readonly reroute = async (backing: Backing, url: string): Promise<string> => {
    const rerouted = new URL(url);
    let link = this.#links.get(backing);
    if (link === undefined) {
      link = await Link.to(Number(rerouted.port));
      this.#links.set(backing, link);
    }
    // Not `rerouted.port = …`: it is ignored for schemes that WHATWG does not know.
    return url.replace(`:${rerouted.port}`, `:${link.port}`);
  };

  get(backing: Backing): Link | undefined {
    return this.#links.get(backing);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}
