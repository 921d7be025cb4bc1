import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, DatabaseUnavailableError, statement } from '@lethe/database';
import { type KeySource, TokenVerifier, type VerificationKey, importKeys, ownIssuer } from '@lethe/identity';
import { type TestDatabase, testDatabase } from '@lethe/local-cloud';
import { FakeClock, deferred, eventually } from '@lethe/testing';
import { startAuth } from './auth-service.js';
import { authDatabase } from '../src/auth.database.js';
import { prepare } from '../src/prepare.js';
import { TokenIssuer } from '../src/session/token-issuer.js';
import { KeyRotation, type RotationStep, rotationTimes } from '../src/signing/key-rotation.js';
import { TRY_ROTATION_LOCK } from '../src/signing/key-rotation.sql.js';
import { KeySeal } from '../src/signing/key-seal.js';
import { RotationSchedule } from '../src/signing/rotation-schedule.js';
import { SigningKeys } from '../src/signing/signing-keys.js';

const HOUR = 3_600;
const DAY = 86_400;
const AGE = statement(
  'test.age-keys',
  `UPDATE signing_key SET created_at = created_at - make_interval(secs => $1),
          activated_at = activated_at - make_interval(secs => $1), retired_at = retired_at - make_interval(secs => $1)`,
);
const FORGET = statement('test.forget-keys', 'DELETE FROM signing_key');
const KEYS = statement('test.keys', 'SELECT kid, active FROM signing_key ORDER BY created_at');
const END_HOLDER = statement(
  'test.end-holder',
  `SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
);

const store = ownIssuer({ issuer: 'http://localhost:8080/auth', audience: 'lethe', jwksUrl: 'http://unused' });

describe('the rotation of signing keys', () => {
  const secret = randomBytes(32).toString('base64');
  const seal = new KeySeal(secret);
  let created: TestDatabase;
  let databases: Database[];
  beforeAll(async () => {
    created = await testDatabase();
    await prepare({ DATABASE_URL: created.url, AUTH_KEY_SECRET: secret });
    databases = Array.from({ length: 5 }, () => new Database({ ...authDatabase, url: created.url, poolSize: 1 }));
    await Promise.all(databases.map((database) => database.open()));
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await created.drop();
  });
  beforeEach(async () => {
    await databases[0]?.query(FORGET);
    await prepare({ DATABASE_URL: created.url, AUTH_KEY_SECRET: secret });
  });

  const replicas = (days = 30) => databases.map((database) => new KeyRotation(database, seal, rotationTimes(days)));
  const age = (seconds: number) => databases[0]?.query(AGE, [seconds]);
  const keys = async () => (await databases[0]?.query<{ kid: string; active: boolean }>(KEYS)) ?? [];
  const tickAll = (rotations: readonly KeyRotation[]) => Promise.all(rotations.map((rotation) => rotation.tick()));
  const effective = (steps: readonly RotationStep[]) =>
    steps.filter(({ announced, activated, removed }) => announced ?? activated ?? removed[0]);

  it('R29: takes each step once, on one of five replicas, when it is due and not before', async () => {
    const rotations = replicas();
    const [first] = await keys();
    expect(effective(await tickAll(rotations))).toEqual([]);

    await age(30 * DAY - HOUR);
    const announced = effective([...(await tickAll(rotations)), ...(await tickAll(rotations))]);
    expect(announced).toEqual([{ announced: expect.any(String), removed: [] }]);
    const next = announced[0]?.announced ?? '';
    expect(await keys()).toEqual([
      { kid: first?.kid, active: true },
      { kid: next, active: false },
    ]);

    await age(HOUR);
    const activated = effective([...(await tickAll(rotations)), ...(await tickAll(rotations))]);
    expect(activated).toEqual([{ activated: next, removed: [] }]);

    await age(HOUR + 1);
    expect(effective(await tickAll(rotations))).toEqual([{ removed: [first?.kid] }]);
    expect(await keys()).toEqual([{ kid: next, active: true }]);
  });

  it('R29: goes on with another replica when the one at work dies', async () => {
    const [dying, ...others] = databases;
    const [, second] = replicas();
    await age(30 * DAY);
    const held = deferred();
    const never = deferred();
    const work = dying?.transaction(
      async (tx) => {
        await tx.query(TRY_ROTATION_LOCK);
        held.resolve();
        await never.promise;
        await tx.query(TRY_ROTATION_LOCK);
      },
      { attempts: 1 },
    );
    await held.promise;
    expect(await second?.tick()).toEqual({ removed: [] });

    await others[1]?.query(END_HOLDER);
    never.resolve();

    await expect(work).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await eventually(async () => expect(await second?.tick()).toMatchObject({ announced: expect.any(String) }));
    expect(await keys()).toHaveLength(2);
  });

  it('R29 R37: refuses no token meanwhile, though replicas and verifiers look at the keys at times of their own', async () => {
    const clock = new FakeClock(Date.now());
    const step = 300;
    const rotations = databases
      .slice(0, 3)
      .map((database) => new KeyRotation(database, seal, { period: 2 * HOUR, published: HOUR, retired: HOUR }));
    const sources = databases.slice(0, 3).map((database) => new SigningKeys(database, seal, clock, () => undefined));
    const issuers = sources.map(
      (source) =>
        new TokenIssuer({ keys: source, issuer: store.issuer, audience: 'lethe', lifetimeSeconds: 900, clock }),
    );
    const verifiers = sources.map(
      (source, index) => new TokenVerifier({ issuer: store, keys: cached(source, clock, index), clock }),
    );
    let alive: { readonly token: string; readonly until: number }[] = [];
    const signers = new Set<string>();
    for (let at = 0; at < 5.5 * HOUR; at += step) {
      await tickAll(rotations);
      for (const [index, issuer] of issuers.entries()) {
        const account = { id: `user-${index}`, roles: ['customer' as const] };
        const { accessToken } = await issuer.issue({ account, sessionId: 's', clientId: 'c', refreshToken: 'r' });
        alive.push({ token: accessToken, until: clock.now() + 900_000 });
        signers.add(accessToken.split('.')[0] ?? '');
      }
      alive = alive.filter(({ until }) => until > clock.now());
      for (const verifier of verifiers) await Promise.all(alive.map(({ token }) => verifier.verify(token)));
      await age(step);
      clock.advance(step * 1000);
    }
    expect(signers.size).toBeGreaterThanOrEqual(3);
  });

  it('R29: are looked after by every replica of the service, as configured', async () => {
    const auth = await startAuth(2, { KEY_ROTATION_DAYS: '1' });
    try {
      await auth.database.query(AGE, [DAY]);
      await Promise.all(auth.replicas.map((app) => app.get(RotationSchedule, { strict: false }).look()));
      expect(await auth.database.query(KEYS)).toEqual([
        { kid: expect.any(String), active: true },
        { kid: expect.any(String), active: false },
      ]);
    } finally {
      await auth.stop();
    }
    // Without Postgres a look is logged, and the next one comes.
    await expect(auth.replicas[0]?.get(RotationSchedule, { strict: false }).look()).resolves.toBeUndefined();
  });

  it('brings a new key out of turn, which signs when verifiers know it', async () => {
    const [rotation, other] = replicas();
    const { announced } = (await rotation?.announce()) ?? {};

    expect(await other?.announce()).toEqual({ removed: [] });
    expect(await other?.tick()).toEqual({ removed: [] });
    await age(HOUR);
    expect(await other?.tick()).toEqual({ activated: announced, removed: [] });
  });

  it('replaces a compromised key at once: its tokens die, and replicas that know only the old one accept the new', async () => {
    const clock = new FakeClock(Date.now());
    const [first, second] = databases.map((database) => new SigningKeys(database, seal, clock, () => undefined));
    const old = (await first?.active())?.kid ?? '';
    clock.advance(30_000);
    await second?.active();

    const { activated, removed } = (await replicas()[0]?.replace()) ?? { removed: [] };

    expect(removed).toEqual([old]);
    clock.advance(30_000);
    expect((await first?.active())?.kid).toBe(activated);
    expect(await first?.find(old)).toBeUndefined();
    expect((await second?.active())?.kid).toBe(old);
    expect((await second?.find(activated ?? ''))?.kid).toBe(activated);
    expect(await second?.find(old)).toBeUndefined();
  });
});

/** Reads the JWKS each 15 min at worst (cache of 10 min, HTTP cache of 5 min), and never for an unknown id. */
function cached(source: SigningKeys, clock: FakeClock, index: number): KeySource {
  let keys: ReadonlyMap<string, VerificationKey> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    find: async (kid) => {
      if (clock.now() - readAt >= (900 - index * 300) * 1000) {
        keys = importKeys({ keys: await source.published() });
        readAt = clock.now();
      }
      return keys.get(kid);
    },
  };
}
