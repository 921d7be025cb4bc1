import { timingSafeEqual } from 'node:crypto';
import { type CodePurpose } from '@lethe/contracts';
import { type Querier, type Tx } from '@lethe/database';
import { InvalidCodeError } from '../auth.errors.js';
import { MARK_CODE_SENT, STORE_CODE, TRY_CODE, USE_CODE } from './code.sql.js';
import { type CodeBinding, codeHash, newMailedCode } from './one-time-code.js';

/** OWASP ASVS 5 6.5.5: out-of-band codes last ten minutes at most (S28). */
const LIFETIME_SECONDS = 600;
const MAX_TRIES = 5;

/** What a mailed code is bound to. */
export type MailedBinding = CodeBinding & { readonly purpose: CodePurpose };

/** Codes that are mailed: one per account and purpose, hashed, for ten minutes, five tries and one use (S28). */
export class Codes {
  readonly #key: Buffer;

  /** `key` is that of `codeKey`. */
  constructor(key: Buffer) {
    this.#key = key;
  }

  /**
   * Makes the code that the message asks for, in place of any before; undefined where that message's was sent already.
   * Whoever sends it says so with {@link sent}; until then a redelivery makes another.
   */
  async make(querier: Querier, binding: MailedBinding, messageId: string): Promise<string | undefined> {
    const code = newMailedCode();
    const { accountId, purpose } = binding;
    const hash = codeHash(this.#key, binding, code);
    const stored = await querier.query(STORE_CODE, [accountId, purpose, hash, messageId, LIFETIME_SECONDS]);
    return stored.length === 0 ? undefined : code;
  }

  async sent(querier: Querier, { accountId, purpose }: MailedBinding, messageId: string): Promise<void> {
    await querier.query(MARK_CODE_SENT, [accountId, purpose, messageId]);
  }

  /**
   * Counts a try and checks the code, with the same work whether there is one or not (S26). Must not run inside a
   * transaction that a wrong code rolls back, try and all. Gives what {@link use} needs. Throws an InvalidCodeError.
   */
  async check(querier: Querier, binding: MailedBinding, typed: string): Promise<Buffer> {
    const hash = codeHash(this.#key, binding, typed);
    const [row] = await querier.query<{ hash: Buffer }>(TRY_CODE, [binding.accountId, binding.purpose, MAX_TRIES]);
    if (!timingSafeEqual(hash, row?.hash ?? Buffer.alloc(hash.length))) throw new InvalidCodeError();
    return hash;
  }

  /** Uses the code up, in the transaction of what it is good for. Throws an InvalidCodeError where another was faster. */
  async use(tx: Tx, { accountId, purpose }: MailedBinding, hash: Buffer): Promise<void> {
    const used = await tx.query(USE_CODE, [accountId, purpose, hash]);
    if (used.length === 0) throw new InvalidCodeError();
  }
}
