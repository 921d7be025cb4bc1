import type { Profile, Role } from '@lethe/contracts';

/** A row of the table `account`. */
export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: Role[];
  /** Rises whenever its sign-ins are ended. */
  readonly session_epoch: number;
  readonly password_hash: string;
  readonly email_verified: boolean;
  readonly disabled: boolean;
  /** Whether it asks for a code of an authenticator app. */
  readonly second_factor: boolean;
  /** The address that it is to have once that is verified. */
  readonly pending_email: string | null;
}

/** What an account shows of itself; written out, so that no further column leaks (S39). */
export function profileOf(account: Pick<AccountRow, 'id' | 'email' | 'name' | 'roles' | 'email_verified'>): Profile {
  const { id, email, name, roles, email_verified: emailVerified } = account;
  return { id, email, name, roles, emailVerified };
}
