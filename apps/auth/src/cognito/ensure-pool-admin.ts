import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  type CognitoIdentityProviderClient,
  CreateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { roleSchema } from '@lethe/contracts';
import { WrongCredentialsError } from '../auth.errors.js';
import { ADMIN_EMAIL } from '../user/ensure-admin.js';
import { PasswordResetRequiredError } from './cognito.errors.js';
import { type CognitoPool } from './cognito-pool.js';
import { type CognitoSignIn } from './cognito-sign-in.js';

/**
 * Makes the groups that are roles, and the admin's user with this password, or gives it the password and ends its
 * sign-ins (S20); part of the migration step.
 */
export async function ensurePoolAdmin(
  pool: CognitoPool,
  signIn: CognitoSignIn,
  password: string,
): Promise<'created' | 'changed' | 'unchanged'> {
  const user = { UserPoolId: pool.userPoolId, Username: ADMIN_EMAIL };
  for (const GroupName of roleSchema.options) {
    const group = new CreateGroupCommand({ UserPoolId: pool.userPoolId, GroupName });
    await existing(pool, 'GroupExistsException', (client) => client.send(group));
  }
  const create = new AdminCreateUserCommand({
    ...user,
    MessageAction: 'SUPPRESS',
    UserAttributes: [
      { Name: 'email', Value: ADMIN_EMAIL },
      { Name: 'email_verified', Value: 'true' },
      { Name: 'name', Value: 'Administrator' },
    ],
  });
  const created = await existing(pool, 'UsernameExistsException', (client) => client.send(create));
  if (!created && (await opens(signIn, password))) return 'unchanged';
  await pool.ask(async (client) => {
    await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
    await client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: 'admin' }));
    if (!created) await client.send(new AdminUserGlobalSignOutCommand(user));
  });
  return created ? 'created' : 'changed';
}

/** Whether the call made something; false where that was there already. */
function existing(
  pool: CognitoPool,
  exception: string,
  call: (client: CognitoIdentityProviderClient) => Promise<unknown>,
): Promise<boolean> {
  return pool.ask(async (client) => {
    try {
      await call(client);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === exception) return false;
      throw error;
    }
  });
}

async function opens(signIn: CognitoSignIn, password: string): Promise<boolean> {
  try {
    await signIn.signIn({ username: ADMIN_EMAIL, password });
    return true;
  } catch (error) {
    if (error instanceof WrongCredentialsError || error instanceof PasswordResetRequiredError) return false;
    throw error;
  }
}
