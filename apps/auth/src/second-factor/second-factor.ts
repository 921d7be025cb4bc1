import { type Querier, type Tx } from '@lethe/database';
import { type Clock } from '@lethe/kernel';
import { codeHash, newKeptCode } from '../code/one-time-code.js';
import { type KeySeal } from '../signing/key-seal.js';
import {
  CONFIRM_SECOND_FACTOR,
  ENROL_SECOND_FACTOR,
  INSERT_RECOVERY_CODES,
  SECOND_FACTOR,
  type SecondFactorRow,
  TAKE_STEP,
  USE_RECOVERY_CODE,
} from './second-factor.sql.js';
import { newTotpSecret, stepOf } from './totp.js';

const RECOVERY_CODES = 10;

/** By what a second factor was shown. */
export type ShownFactor = 'totp' | 'recovery-code';

/** Codes of authenticator apps, secrets sealed at rest, and recovery codes, hashed. */
export class SecondFactor {
  /** `key` is that of `codeKey`. */
  constructor(
    private readonly seal: KeySeal,
    private readonly key: Buffer,
    private readonly clock: Clock,
  ) {}

  /** A secret to be confirmed, in base32; undefined where the account has a confirmed one. */
  async enrol(querier: Querier, accountId: string): Promise<string | undefined> {
    const secret = newTotpSecret();
    const sealed = this.seal.seal(sealId(accountId), secret);
    const enrolled = await querier.query(ENROL_SECOND_FACTOR, [accountId, sealed]);
    return enrolled.length === 0 ? undefined : secret;
  }

  /** Makes the enrolled secret count, if this is its code; gives recovery codes, undefined for a wrong code. */
  async confirm(tx: Tx, accountId: string, typed: string): Promise<string[] | undefined> {
    const [row] = await tx.query<SecondFactorRow>(SECOND_FACTOR, [accountId]);
    const step = row && !row.confirmed ? this.#stepOf(accountId, row, typed) : undefined;
    if (row === undefined || step === undefined) return undefined;
    const confirmed = await tx.query(CONFIRM_SECOND_FACTOR, [accountId, step, row.sealed_secret]);
    if (confirmed.length === 0) return undefined;
    const codes = Array.from({ length: RECOVERY_CODES }, newKeptCode);
    await tx.query(INSERT_RECOVERY_CODES, [accountId, codes.map((code) => this.#hash(accountId, code))]);
    return codes;
  }

  /** Whether this is a code of the account: of an app, and not used before, or a recovery code, which is used up. */
  async show(querier: Querier, accountId: string, typed: string): Promise<ShownFactor | undefined> {
    const [row] = await querier.query<SecondFactorRow>(SECOND_FACTOR, [accountId]);
    if (!row?.confirmed) return undefined;
    const step = this.#stepOf(accountId, row, typed);
    if (step !== undefined) {
      const taken = await querier.query(TAKE_STEP, [accountId, step]);
      return taken.length === 0 ? undefined : 'totp';
    }
    const used = await querier.query(USE_RECOVERY_CODE, [accountId, this.#hash(accountId, typed)]);
    return used.length === 0 ? undefined : 'recovery-code';
  }

  #stepOf(accountId: string, row: SecondFactorRow, typed: string): number | undefined {
    return stepOf(this.seal.open(sealId(accountId), row.sealed_secret), typed, this.clock.now());
  }

  #hash(accountId: string, code: string): Buffer {
    return codeHash(this.key, { purpose: 'recover', accountId, address: '' }, code);
  }
}

/** Binds the sealed secret to its account: in another's row it does not open. */
function sealId(accountId: string): string {
  return `totp/${accountId}`;
}
