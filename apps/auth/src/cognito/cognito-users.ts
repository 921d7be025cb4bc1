import {
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Profile, type Role, roleSchema } from '@lethe/contracts';
import { Database } from '@lethe/database';
import { Revocations } from '@lethe/identity';
import { Injectable } from '@nestjs/common';
import { type AccountRow } from '../user/account.js';
import { ACCOUNT_BY_ID } from '../user/account.sql.js';
import { CognitoPool } from './cognito-pool.js';

/** The attribute with the account's id of before the move, which tokens carry on as their subject. */
export const ACCOUNT_ID_ATTRIBUTE = 'custom:account_id';

/** A user of the pool. */
export interface CognitoUser {
  /** The user name, by which Cognito's own operations go. */
  readonly username: string;
  /** The id in tokens: of the account of before the move, else `sub`. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
  readonly enabled: boolean;
}

/** Finds users of the pool, and ends their sign-ins. */
@Injectable()
export class CognitoUsers {
  constructor(
    private readonly pool: CognitoPool,
    private readonly database: Database,
    private readonly revocations: Revocations,
  ) {}

  /** The user with the id that tokens carry: the `sub`, or the account's id of before the move. */
  async byId(id: string): Promise<CognitoUser | undefined> {
    const user = await this.byName(id);
    if (user) return user;
    const [moved] = await this.database.query<AccountRow>(ACCOUNT_BY_ID, [id]);
    const found = moved && (await this.byName(moved.email));
    return found?.id === id ? found : undefined;
  }

  /** The user with that user name, `sub`, or e-mail address. */
  byName(name: string): Promise<CognitoUser | undefined> {
    const command = new AdminGetUserCommand({ UserPoolId: this.pool.userPoolId, Username: name });
    return this.pool.ask(async (client) => {
      try {
        const { Username = name, UserAttributes = [], Enabled = false } = await client.send(command);
        return userOf(Username, Enabled, UserAttributes);
      } catch (error) {
        if (error instanceof Error && error.name === 'UserNotFoundException') return undefined;
        throw error;
      }
    });
  }

  async profileOf(user: CognitoUser): Promise<Profile> {
    const { id, email, name, emailVerified } = user;
    return { id, email, name, roles: await this.rolesOf(user), emailVerified };
  }

  /** The groups of the user that are roles; a user in none is a customer. */
  async rolesOf({ username }: Pick<CognitoUser, 'username'>): Promise<Role[]> {
    const command = new AdminListGroupsForUserCommand({ UserPoolId: this.pool.userPoolId, Username: username });
    const { Groups = [] } = await this.pool.ask((client) => client.send(command));
    const roles = Groups.flatMap(({ GroupName }) => roleSchema.safeParse(GroupName).data ?? []);
    return roles.length === 0 ? ['customer'] : roles;
  }

  /**
   * Ends every sign-in: access tokens first, where a route asks for live ones (a RevocationsUnavailableError, 503, stops
   * it there), then refresh tokens (S20).
   */
  async signOutEverywhere({ id, username }: CognitoUser): Promise<void> {
    await this.revocations.revokeSubject(id);
    const command = new AdminUserGlobalSignOutCommand({ UserPoolId: this.pool.userPoolId, Username: username });
    await this.pool.ask((client) => client.send(command));
  }
}

function userOf(username: string, enabled: boolean, list: readonly AttributeType[]): CognitoUser {
  const attributes = new Map(list.map(({ Name, Value = '' }) => [Name, Value]));
  const email = attributes.get('email') ?? '';
  return {
    username,
    id: attributes.get(ACCOUNT_ID_ATTRIBUTE) ?? attributes.get('sub') ?? username,
    email,
    name: attributes.get('name') ?? email,
    emailVerified: attributes.get('email_verified') === 'true',
    enabled,
  };
}
