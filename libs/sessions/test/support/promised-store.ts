import { type SessionData, type Store } from 'express-session';

type Answer<T> = (error: unknown, value?: T | null) => void;

function promised<T>(call: (answer: Answer<T>) => void): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error === null || error === undefined) resolve(value ?? undefined);
      else reject(error instanceof Error ? error : new TypeError('a store failed with what is no error'));
    });
  });
}

/** An express-session store whose methods answer with promises. */
export function promisedStore(store: Store) {
  return {
    get: (sid: string) => promised<SessionData>((answer) => store.get(sid, answer)),
    set: (sid: string, session: SessionData) => promised<void>((answer) => store.set(sid, session, answer)),
    touch: (sid: string, session: SessionData) =>
      promised<void>((answer) => store.touch?.(sid, session, () => answer(null))),
    destroy: (sid: string) => promised<void>((answer) => store.destroy(sid, answer)),
    all: () =>
      promised<Record<string, SessionData> | SessionData[]>((answer) =>
        store.all?.((error, all) => answer(error, all)),
      ),
    length: () => promised<number>((answer) => store.length?.(answer)),
    clear: () => promised<void>((answer) => store.clear?.(answer)),
    load: (sid: string) => promised<SessionData>((answer) => store.load(sid, answer)),
  };
}
