import type { Backing } from '@lethe/store';
import { Link } from './link.js';

/** The lines between the services and what they stand on, one per backing store. */
export class Links {
  readonly #opening = new Map<Backing, Promise<Link>>();
  readonly #links = new Map<Backing, Link>();

  /** The same URL, over the line to the backing store, one for all its URLs. For `StoreOptions.reroute`. */
  readonly reroute = async (backing: Backing, url: string): Promise<string> => {
    const { port } = new URL(url);
    const opening = this.#opening.get(backing) ?? Link.to(Number(port));
    this.#opening.set(backing, opening);
    const link = await opening;
    this.#links.set(backing, link);
    // Not `rerouted.port = …`: it is ignored for schemes that WHATWG does not know.
    return url.replace(`:${port}`, `:${link.port}`);
  };

  get(backing: Backing): Link | undefined {
    return this.#links.get(backing);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.close()));
  }
}
