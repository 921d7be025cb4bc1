import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalCloudError } from '../local-cloud.errors.js';
import { readJsonCall } from './json-calls.js';
import type { NeededPermission, ObservedRequest, RecordedCall, RecordingFacts } from './recorded-call.js';
import { readFormCall, readMailCall, readObjectCall, readTopicCall } from './rest-calls.js';
import { type Signer, postedForm, signerOf } from './signer.js';

/** Kinds of calls that are kept: a store makes a few hundred. */
const MOST_KINDS = 5_000;

/** Counts calls by who made them and what they need. */
export class CallBook {
  readonly #counts = new Map<string, RecordedCall>();
  #unread: unknown;

  constructor(private readonly facts: RecordingFacts) {}

  /** Counts a request. What nobody signed is nobody's. */
  add(request: Omit<ObservedRequest, 'region'>): void {
    try {
      const form = postedForm(request);
      const signer = form ?? signerOf(request.headers['authorization'], request.url);
      if (signer === undefined) return;
      const observed = { ...request, region: signer.region };
      const needed = form === undefined ? this.#read(signer, observed) : readFormCall(observed, form.key);
      for (const one of needed) this.#count({ caller: signer.accessKeyId, ...one, calls: 1 });
    } catch (error) {
      // Whoever made the request gets its answer all the same; `calls` tells.
      this.#unread ??= error;
    }
  }

  /**
   * What was counted, in a stable order.
   *
   * @throws LocalCloudError where there was more than it keeps, or what it cannot read: a recording with gaps proves nothing.
   */
  calls(): readonly RecordedCall[] {
    if (this.#unread !== undefined)
      throw new LocalCloudError('a signed request is of no kind that is known', { cause: this.#unread });
    if (this.#counts.size > MOST_KINDS) throw new LocalCloudError(`more than ${MOST_KINDS} kinds of calls were made`);
    return sorted([...this.#counts.values()]);
  }

  #read({ service }: Signer, request: ObservedRequest): readonly NeededPermission[] {
    if (service === 's3') return readObjectCall(request);
    if (service === 'sns') return readTopicCall(request);
    return service === 'ses' ? readMailCall(request, this.facts) : readJsonCall(request, this.facts);
  }

  #count(call: RecordedCall): void {
    if (this.#counts.size > MOST_KINDS) return;
    const key = keyOf(call);
    const before = this.#counts.get(key);
    this.#counts.set(key, { ...call, calls: (before?.calls ?? 0) + call.calls });
  }
}

const keyOf = ({ caller, action, resource, leadingKey = '' }: RecordedCall): string =>
  [caller, action, resource, leadingKey].join(' ');

function sorted(calls: readonly RecordedCall[]): RecordedCall[] {
  return calls.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

/** Writes calls into a folder, beside those of other runs. */
export function writeCalls(folder: string, calls: readonly RecordedCall[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `calls-${randomUUID()}.json`), `${JSON.stringify(calls, undefined, 1)}\n`);
}

/** The calls of every run that wrote into a folder, added up. Empty where none did. */
export function readCalls(folder: string): readonly RecordedCall[] {
  mkdirSync(folder, { recursive: true });
  const total = new Map<string, RecordedCall>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')))
    for (const call of JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly RecordedCall[]) {
      const calls = (total.get(keyOf(call))?.calls ?? 0) + call.calls;
      total.set(keyOf(call), { ...call, calls });
    }
  return sorted([...total.values()]);
}
