import { once } from 'node:events';
import { type Server } from 'node:http';
import ses from 'aws-ses-v2-local';
import sesStore from 'aws-ses-v2-local/dist/store.js';
import { LocalCloudError } from '../local-cloud.errors.js';
import { type EmulatorOptions, type RunningEmulator } from './emulator-options.js';

/** Mails kept to be read; the emulator itself would keep all, for as long as it runs. */
const KEPT_MAILS = 1_000;

/** Listens on 127.0.0.1 with the API of SES v2; `GET /` shows the mails, `GET /store` gives them as JSON. */
export async function listenSes(port: number): Promise<Server> {
  const server = await ses.default({ host: '127.0.0.1', port });
  // Express tells of a port that is taken by the same callback as of success.
  if (!server.listening) throw new LocalCloudError(`SES: port ${port} is taken`);
  server.prependListener('request', () => {
    const { emails } = sesStore.getStoreReadonly();
    emails.splice(0, emails.length - KEPT_MAILS);
  });
  return server;
}

/** Amazon SES v2 by aws-ses-v2-local: mail is kept in memory, to be read, and goes nowhere. */
export async function runSes({ port }: EmulatorOptions): Promise<RunningEmulator> {
  const server = await listenSes(port);
  return { ended: once(server, 'error').then(() => undefined), stop: () => closeSes(server) };
}

/** Ends the server and its connections. */
export function closeSes(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
