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
}

/** What an account shows of itself; written out, so that no further column leaks (S39). */
export function profileOf({ id, email, name, roles }: Omit<AccountRow, 'password_hash' | 'session_epoch'>): Profile {
  return { id, email, name, roles };
}
