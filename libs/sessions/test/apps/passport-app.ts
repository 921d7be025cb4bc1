import { type Clock } from '@lethe/kernel';
import express, { type ErrorRequestHandler, type Express } from 'express';
import session from 'express-session';
import { Passport } from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import { Strategy as OAuth2Strategy } from 'passport-oauth2';
import { LetheExpressStore } from '../../src/express/index.js';
import { type SessionStore, hostCookie } from '../../src/index.js';
import { OAuthStateStore, keepUserIds } from '../../src/passport/index.js';

interface User {
  readonly id: string;
}

export interface PassportAppOptions {
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly providerUrl: string;
  /** Who there is. */
  readonly users: ReadonlySet<string>;
}

const answerErrors: ErrorRequestHandler = (error: { statusCode?: number }, _request, response, _next) => {
  response.status(error.statusCode ?? 500).end();
};

function passportFor({ store, clock, providerUrl, users }: PassportAppOptions) {
  const passport = new Passport();
  keepUserIds<User>(passport, { idOf: ({ id }) => id, find: async (id) => (users.has(id) ? { id } : undefined) });
  passport.use(new LocalStrategy((name, _password, done) => done(null, users.has(name) ? { id: name } : false)));
  passport.use(
    new OAuth2Strategy(
      {
        authorizationURL: `${providerUrl}/authorize`,
        tokenURL: `${providerUrl}/token`,
        clientID: 'shop',
        clientSecret: 'secret',
        callbackURL: 'https://shop.example.com/back',
        pkce: true,
        store: new OAuthStateStore({ store, clock }),
      },
      (token: string, _refresh: string, _profile: object, done: (error: null, user: User) => void) =>
        done(null, { id: token }),
    ),
  );
  return passport;
}

/** An Express application as Passport's own documentation writes it: one replica of it. */
export function passportApp(options: PassportAppOptions): Express {
  const passport = passportFor(options);
  const app = express().set('trust proxy', 1);
  const secret = 'a secret of more than 32 characters';
  const sessions = new LetheExpressStore({ store: options.store, clock: options.clock });
  app.use(session({ ...hostCookie(), secret, resave: false, saveUninitialized: false, store: sessions }));
  app.use(passport.session());
  app.use(express.urlencoded());
  app.post('/cart', (request, response) => {
    request.session.cart = ['tea'];
    response.end();
  });
  app.post('/sign-in', passport.authenticate('local'), (_request, response) => response.end());
  app.get('/oauth', passport.authenticate('oauth2'));
  app.get('/back', passport.authenticate('oauth2'), (_request, response) => response.end());
  app.post('/sign-out', (request, response, next) => request.logout((error) => (error ? next(error) : response.end())));
  app.get('/me', (request, response) => (request.user ? response.json(request.user) : response.status(401).end()));
  app.use(answerErrors);
  return app;
}
