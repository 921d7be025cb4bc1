import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler } from 'express';
import session, { type Store } from 'express-session';

declare module 'express-session' {
  interface SessionData {
    visitor?: string;
    visits?: number;
  }
}

/** A replica of a shop: an Express application as they are written, which keeps who is signed in in its session. */
export interface Shop {
  readonly url: string;
  /** How many visits it has served. */
  served(): number;
  /** Lets the requests under way end, then ends. */
  close(): Promise<void>;
}

const answerErrors: ErrorRequestHandler = (error: { statusCode?: number }, _request, response, _next) => {
  response.status(error.statusCode ?? 500).end();
};

export async function startShop(
  store: Store,
  secret: string | string[] = 'a secret of more than 32 characters',
): Promise<Shop> {
  let served = 0;
  const app = express();
  app.use(
    session({
      store,
      secret,
      resave: false,
      saveUninitialized: false,
      cookie: { maxAge: 86_400_000, sameSite: 'lax' },
    }),
  );
  app.post('/sign-in/:name', (request, response, next) => {
    request.session.regenerate((error) => {
      if (error) return next(error);
      request.session.visitor = request.params.name;
      request.session.visits = 0;
      request.session.save((failed) => (failed ? next(failed) : response.end()));
    });
  });
  app.post('/visit', (request, response) => {
    const { visitor, visits = 0 } = request.session;
    if (visitor === undefined) return response.status(401).end();
    request.session.visits = visits + 1;
    served += 1;
    return response.json({ visitor, visits: visits + 1 });
  });
  app.post('/sign-out', (request, response, next) => {
    request.session.destroy((error) => (error ? next(error) : response.end()));
  });
  app.use(answerErrors);
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    served: () => served,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}
