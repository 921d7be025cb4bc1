import { settle } from '../web/callbacks.js';

type Done<T> = (error: unknown, value?: T) => void;

/** What is needed of Passport. */
export interface PassportSerializers {
  serializeUser(serialize: (user: object, done: Done<string>) => void): void;
  deserializeUser(deserialize: (id: string, done: Done<object | false>) => void): void;
}

export interface UserIdsOptions<User extends object> {
  readonly idOf: (user: User) => string;
  /** Asked for every request: a user who is gone, or disabled, is signed out by `undefined` (S21). */
  readonly find: (id: string) => Promise<User | undefined>;
}

/**
 * Keeps the user's id alone in the session, and looks the user up for each request: what a user may do is never as old
 * as the session. The id is what the sessions of a user are listed and ended by. A failed look-up fails the request.
 */
export function keepUserIds<User extends object>(
  passport: PassportSerializers,
  { idOf, find }: UserIdsOptions<User>,
): void {
  passport.serializeUser((user, done) => {
    // Passport hands back what a strategy of this application has found.
    done(null, idOf(user as User));
  });
  passport.deserializeUser((id, done) => {
    settle<object | false>(
      find(id).then((user) => user ?? false),
      done,
    );
  });
}
