import { argon2, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UnfairRunError } from '../bench.errors.js';
import { median, percentile } from '../report/statistics.js';
import { type AuthProcess, startAuthProcess } from './auth-process.js';
import type { Extent, SuitePart, PartRow, PartReport } from '../report/part-report.js';

const HOW = `One replica of auth as it runs in production, with PostgreSQL, DynamoDB, SQS and SES embedded on the same machine, and as
many hashes at once as the machine has cores beside one. Sign-in is \`POST /auth/login\` of 20 accounts, three requests
under way for each hash; argon2 alone is the same hash (19 MiB, two passes, one lane), as many at once, in the
benchmark's process, in turn with it. The other route is \`GET /auth/me\`, a token checked and a row read, a hundred times
a second, with and without sign-ins; its p99 is told in hashes, so that the machine does not matter: a request that
waited behind one would show one or more.`;

const PASSWORD = 'seven unrelated blue teapots';
const ACCOUNTS = 20;
const REQUESTS_PER_HASH = 3;
/** A slice must hold some dozens of hashes. */
const SLICE_FACTOR = 5;
const PROBE_EVERY_MS = 10;
const COST = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 };
const argon2id = promisify(argon2).bind(null, 'argon2id');

interface Slice {
  readonly operations: number;
  readonly elapsedMs: number;
  readonly cpuMicros: number;
}

/** Does the operation again and again, so many at once. */
async function saturate(
  operation: () => Promise<unknown>,
  concurrency: number,
  ms: number,
  cpu: () => number,
): Promise<Slice> {
  const cpuBefore = cpu();
  const began = performance.now();
  let operations = 0;
  const work = async (): Promise<void> => {
    while (performance.now() - began < ms) {
      await operation();
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { operations, elapsedMs: performance.now() - began, cpuMicros: cpu() - cpuBefore };
}

const rateOf = ({ operations, elapsedMs }: Slice): number => (operations / elapsedMs) * 1_000;

function rowOf(contender: string, slices: readonly Slice[]): PartRow {
  return {
    contender,
    operationsPerSecond: median(slices.map(rateOf)),
    cpuMicros: median(slices.map(({ cpuMicros, operations }) => cpuMicros / operations)),
  };
}

const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const hashOnce = (): Promise<unknown> => argon2id({ message: PASSWORD, nonce: randomBytes(16), ...COST });

async function post(url: string, body: object, wanted: number): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer: unknown = await response.json();
  if (response.status !== wanted) throw new UnfairRunError(`${url} answered ${response.status}`);
  return answer;
}

/** Signs in with one account after the other; gives the last access token. */
async function signIns({ url }: AuthProcess): Promise<() => Promise<string>> {
  const emails = Array.from({ length: ACCOUNTS }, (_, index) => `bench-${index}@example.com`);
  for (const email of emails) await post(`${url}/auth/register`, { email, password: PASSWORD, name: 'Bench' }, 201);
  let turn = 0;
  return async () => {
    turn += 1;
    const email = emails[turn % emails.length];
    const tokens = await post(`${url}/auth/login`, { email, password: PASSWORD }, 200);
    return (tokens as { readonly accessToken: string }).accessToken;
  };
}

/** Asks for the profile every few milliseconds; gives how long each took, sorted. */
async function probe({ url }: AuthProcess, token: string, ms: number): Promise<number[]> {
  const times: Promise<number>[] = [];
  const ask = async (): Promise<number> => {
    const began = performance.now();
    const response = await fetch(`${url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    if (response.status !== 200) throw new UnfairRunError(`/auth/me answered ${response.status}`);
    return performance.now() - began;
  };
  const began = performance.now();
  while (performance.now() - began < ms) {
    times.push(ask());
    await pause(PROBE_EVERY_MS);
  }
  return (await Promise.all(times)).toSorted((a, b) => a - b);
}

async function measure(auth: AuthProcess, hashes: number, extent: Extent): Promise<PartReport> {
  const sliceMs = extent.sliceMs * SLICE_FACTOR;
  const signIn = await signIns(auth);
  const token = await signIn();
  const signInSlice = () => saturate(signIn, hashes * REQUESTS_PER_HASH, sliceMs, auth.cpuMicros);
  const alone: Slice[] = [];
  const whole: Slice[] = [];
  const quiet: number[][] = [];
  const busy: number[][] = [];
  await signInSlice();
  for (let round = 0; round < Math.ceil(extent.rounds / 3); round += 1) {
    alone.push(await saturate(hashOnce, hashes, sliceMs, ownCpu));
    whole.push(await signInSlice());
    quiet.push(await probe(auth, token, sliceMs));
    const [times] = await Promise.all([probe(auth, token, sliceMs), signInSlice()]);
    busy.push(times);
  }
  const hashMs = (hashes / median(alone.map(rateOf))) * 1_000;
  const p99 = (times: readonly number[][]) => median(times.map((sorted) => percentile(sorted, 99)));
  const profile = (contender: string, times: readonly number[][]): PartRow => ({
    contender,
    operationsPerSecond: 1_000 / PROBE_EVERY_MS,
    cpuMicros: Number.NaN,
    p99Ms: p99(times),
  });
  return {
    title: 'Signing in',
    how: HOW,
    rows: [
      rowOf(`argon2 alone, ${hashes} at once`, alone),
      rowOf('POST /auth/login', whole),
      profile('GET /auth/me, nobody signs in', quiet),
      profile('GET /auth/me, sign-ins saturate', busy),
    ],
    bounds: [
      {
        claim: 'Sign-ins per second, to argon2 alone',
        unit: '×',
        atLeast: 0.85,
        measured: median(whole.map((slice, round) => rateOf(slice) / rateOf(alone[round] ?? slice))),
      },
      {
        claim: 'p99 of another route while sign-ins saturate, in hashes',
        unit: '×',
        atMost: 1,
        measured: p99(busy) / hashMs,
      },
    ],
  };
}

/** What a sign-in costs besides its hash, and what it costs others. */
export const signInPart: SuitePart = {
  name: 'sign-in',
  run: async (extent) => {
    const hashes = Math.max(1, availableParallelism() - 1);
    const auth = await startAuthProcess(hashes);
    try {
      return await measure(auth, hashes, extent);
    } finally {
      await auth.stop();
    }
  },
};
