import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FakeClock, eventually } from '@lethe/testing';
import express from 'express';
import session from 'express-session';
import { exportRunning, importSessions } from '../src/bridge/index.js';
import { LetheExpressStore } from '../src/express/index.js';
import { InspectorError } from '../src/sessions.errors.js';
import { Browser } from './apps/browser.js';
import { HttpServers } from './apps/http-servers.js';
import { FakeSessionStore } from './support/fake-session-store.js';

/** Of this test alone, as long as it runs. */
const PORT = 29_000 + (process.pid % 1_000);

describe('a running process that knows nothing of this library', () => {
  const servers = new HttpServers();
  const clock = new FakeClock(Date.now());
  const store = new FakeSessionStore(clock);
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const main = fileURLToPath(new URL('apps/memory-app.mjs', import.meta.url));
    child = spawn(process.execPath, [`--inspect-port=127.0.0.1:${PORT}`, main], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [port] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    url = `http://127.0.0.1:${port.toString().trim()}`;
  });
  afterAll(async () => {
    child.kill();
    await servers.close();
  });

  it('R30: its sessions are exported while it runs, and its users are signed in elsewhere by the same cookies', async () => {
    const browsers = await Promise.all(
      ['ada', 'eve'].map(async (name) => {
        const browser = new Browser();
        await browser.send(`${url}/sign-in/${name}`, { method: 'POST' });
        return browser;
      }),
    );

    const report = await importSessions(exportRunning({ pid: child.pid ?? 0, port: PORT }), { store, clock });

    expect(report).toEqual({ imported: 2, skipped: 0 });
    const app = express();
    const ours = new LetheExpressStore({ store, clock });
    app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false, store: ours }));
    app.get('/me', (request, response) => response.json({ visitor: request.session.visitor ?? 'anonymous' }));
    const elsewhere = await servers.start(app);
    for (const site of [url, elsewhere]) {
      const seen = await Promise.all(browsers.map(async (browser) => (await browser.send(`${site}/me`)).json()));
      expect(seen).toEqual([{ visitor: 'ada' }, { visitor: 'eve' }]);
    }
  });

  it('closes the inspector behind itself', async () => {
    await eventually(async () => {
      await expect(fetch(`http://127.0.0.1:${PORT}/json/list`)).rejects.toThrow('fetch failed');
    });
  });

  it('is refused where the process is gone', async () => {
    const gone = spawn(process.execPath, ['--eval', '']);
    await once(gone, 'exit');

    await expect(exportRunning({ pid: gone.pid ?? 0, port: PORT }).next()).rejects.toThrow(InspectorError);
  });
});
