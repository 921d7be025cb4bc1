import { randomBytes } from 'node:crypto';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type Role, roleSchema } from '@lethe/contracts';
import { type CognitoPool } from '../cognito/cognito-pool.js';
import { ACCOUNT_ID_ATTRIBUTE } from '../cognito/cognito-users.js';
import { emailKey } from '../user/email-key.js';
import { type Outcome, type TransferredUser, type UserStore } from './transferred-user.js';

/** The most that ListUsers and ListUsersInGroup give at once. */
const PAGE = 60;

/** The users of a user pool; their passwords stay there. */
export class PoolUsers implements UserStore {
  constructor(private readonly pool: CognitoPool) {}

  async *users(): AsyncGenerator<TransferredUser> {
    const roles = await this.#roles();
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = new ListUsersCommand({ UserPoolId: this.pool.userPoolId, Limit: PAGE, PaginationToken: token });
      const { Users = [], PaginationToken } = await this.pool.ask((client) => client.send(page));
      for (const user of Users) yield transferredOf(user, roles.get(user.Username ?? '') ?? ['customer']);
      token = PaginationToken;
    }
  }

  /**
   * Makes the user without a password and without a mail: they set one by "forgot password". Who should keep the
   * password is not imported but moves by the migration trigger.
   */
  async add(user: TransferredUser, dryRun: boolean): Promise<Outcome> {
    const target = { UserPoolId: this.pool.userPoolId, Username: emailKey(user.email) };
    if (dryRun) return (await this.#exists(user.email)) ? 'exists' : 'imported';
    const create = new AdminCreateUserCommand({
      ...target,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: user.email },
        { Name: 'email_verified', Value: String(user.emailVerified) },
        { Name: 'name', Value: user.name },
        { Name: ACCOUNT_ID_ATTRIBUTE, Value: user.id },
      ],
    });
    const outcome = await this.pool.ask(async (client): Promise<Outcome> => {
      try {
        await client.send(create);
        return 'imported';
      } catch (error) {
        const name = error instanceof Error ? error.name : '';
        if (name === 'UsernameExistsException') return 'exists';
        if (name === 'InvalidParameterException') return 'refused';
        throw error;
      }
    });
    if (outcome === 'refused') return outcome;
    // Also for one that is there: an import that was cut short goes on where it was.
    await this.pool.ask(async (client) => {
      const { UserStatus } = await client.send(new AdminGetUserCommand(target));
      // A user who must change a password that nobody knows could not even ask for a new one.
      if (UserStatus === 'FORCE_CHANGE_PASSWORD') {
        await client.send(new AdminSetUserPasswordCommand({ ...target, Password: unknownPassword(), Permanent: true }));
      }
      for (const GroupName of user.roles.filter((role) => role !== 'customer')) {
        await client.send(new AdminAddUserToGroupCommand({ ...target, GroupName }));
      }
      if (user.disabled) await client.send(new AdminDisableUserCommand(target));
    });
    return outcome;
  }

  async #exists(email: string): Promise<boolean> {
    const Filter = `email = "${emailKey(email).replaceAll(/["\\]/g, '\\$&')}"`;
    const command = new ListUsersCommand({ UserPoolId: this.pool.userPoolId, Filter, Limit: 1 });
    const { Users = [] } = await this.pool.ask((client) => client.send(command));
    return Users.length > 0;
  }

  /** Roles by user name: three lists are fewer calls than one per user. */
  async #roles(): Promise<Map<string, Role[]>> {
    const roles = new Map<string, Role[]>();
    for (const role of roleSchema.options) {
      for (let token: string | undefined, more = true; more; more = token !== undefined) {
        const group = { UserPoolId: this.pool.userPoolId, GroupName: role, Limit: PAGE, NextToken: token };
        const { Users = [], NextToken } = await this.pool.ask(
          (client) => client.send(new ListUsersInGroupCommand(group)),
          {
            ResourceNotFoundException: () =>
              new RangeError(`the pool has no group ${role}: run the migration step first`),
          },
        );
        for (const { Username = '' } of Users) roles.set(Username, [...(roles.get(Username) ?? []), role]);
        token = NextToken;
      }
    }
    return roles;
  }
}

/** 256 random bits, with a character of each kind that a pool may ask for. */
function unknownPassword(): string {
  return `${randomBytes(32).toString('base64url')}aA1!`;
}

function transferredOf(
  { Username = '', Attributes = [], Enabled, UserCreateDate }: UserType,
  roles: Role[],
): TransferredUser {
  const attributes = new Map(Attributes.map(({ Name, Value = '' }) => [Name, Value]));
  const email = attributes.get('email') ?? '';
  return {
    id: attributes.get(ACCOUNT_ID_ATTRIBUTE) ?? attributes.get('sub') ?? Username,
    email,
    name: attributes.get('name') ?? email,
    roles,
    emailVerified: attributes.get('email_verified') === 'true',
    disabled: Enabled === false,
    createdAt: (UserCreateDate ?? new Date(0)).toISOString(),
  };
}
