import { type Actor, work } from './work.js';

export { type Actor } from './work.js';

/** The longest text that {@link parseActor} reads, in characters. */
export const MAX_ACTOR_LENGTH = 2_048;
const SERVICE_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Who acts in the current work, if that is known. */
export function currentActor(): Actor | undefined {
  return work.getStore()?.actor;
}

/** Says who acts in the rest of the current work, as a guard does when it has read a token. Nothing outside of work. */
export function actAs(actor: Actor): void {
  const current = work.getStore();
  if (current) current.actor = actor;
}

/** Runs work, and all that it awaits, on behalf of the actor; undefined where nobody is known. */
export function runAs<T>(actor: Actor | undefined, act: () => T): T {
  return work.run({ trace: work.getStore()?.trace, actor }, act);
}

/** `user:<id>@<issuer>`, the id percent-encoded, or `service:<name>`: how an actor travels with a message. */
export function formatActor(actor: Actor): string {
  return actor.kind === 'service' ? `service:${actor.name}` : `user:${encodeURIComponent(actor.id)}@${actor.issuer}`;
}

/** The inverse of {@link formatActor}; undefined for any other text. */
export function parseActor(text: string | undefined): Actor | undefined {
  if (text === undefined || text.length > MAX_ACTOR_LENGTH) return undefined;
  if (text.startsWith('service:')) {
    const name = text.slice('service:'.length);
    return SERVICE_NAME.test(name) ? { kind: 'service', name } : undefined;
  }
  const at = text.indexOf('@');
  if (!text.startsWith('user:') || at === -1 || at + 1 === text.length) return undefined;
  const id = decoded(text.slice('user:'.length, at));
  return id === undefined || id === '' ? undefined : { kind: 'user', id, issuer: text.slice(at + 1) };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
