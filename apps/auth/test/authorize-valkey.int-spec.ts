import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithValkey, startTestValkey, type TestValkey } from '@lethe/local-cloud';
import { Valkey } from '@lethe/valkey';
import { type AuthService, PASSWORD, startAuth } from './auth-service.js';
import { Browser, authorization } from './browser.js';

describeWithValkey('the sign-in page with its sessions in Valkey', () => {
  let server: TestValkey;
  let auth: AuthService;
  beforeAll(async () => {
    server = await startTestValkey();
    auth = await startAuth(3, { VALKEY_URL: server.url });
  });
  afterAll(async () => {
    await auth.stop();
    await server.stop();
  });

  const silently = (browser: Browser) => browser.visit(authorization({ prompt: 'none' }).path);

  it('R30 R31: knows a browser on any replica; after FLUSHALL it asks for the password again, and mixes nobody up', async () => {
    const [ada, grace] = [await auth.customer(), await auth.customer()];
    const browser = await Browser.of(auth.replicas);
    await browser.signIn(authorization().path, { email: ada.email, password: PASSWORD });
    for (const _ of auth.replicas) expect((await silently(browser)).location?.searchParams.has('code')).toBe(true);
    const before = new Map(browser.cookies);

    const valkey = new Valkey({ url: server.url });
    await valkey.connect();
    await valkey.call('', ['FLUSHALL']);
    await valkey.close();

    expect((await silently(browser)).location?.searchParams.get('error')).toBe('login_required');
    const page = await browser.signIn(authorization().path, { email: grace.email, password: PASSWORD });
    expect(page.location?.searchParams.has('code')).toBe(true);
    const stale = await Browser.of(auth.replicas);
    for (const [name, value] of before) stale.cookies.set(name, value);
    expect((await silently(stale)).location?.searchParams.get('error')).toBe('login_required');
  });

  it('S34: signs nobody in while Valkey is away, and never from memory', async () => {
    const browser = await Browser.of(auth.replicas);
    await browser.signIn(authorization().path, { email: (await auth.customer()).email, password: PASSWORD });

    await server.stop();

    const { status, location, html } = await browser.visit(authorization().path);
    expect({ status, location }).toEqual({ status: 503, location: undefined });
    expect(html).toContain('not possible at the moment');
  });
});
