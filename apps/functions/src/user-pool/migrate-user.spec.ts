import { describe, expect, it } from '@jest/globals';
import { type MovingAccount } from '@lethe/contracts';
import { AuthUnavailableError, NotMovedError } from '../functions.errors.js';
import { type MigrationEvent, migrateUser, migrationEventSchema } from './migrate-user.js';

const account: MovingAccount = {
  id: '01981c6e-0000-7000-8000-000000000001',
  email: 'Ada@example.com',
  name: 'Ada',
  emailVerified: true,
};

function event(triggerSource: string, password?: string): MigrationEvent {
  const response = { userAttributes: null, finalUserStatus: null, messageAction: null };
  const request = { ...(password === undefined ? {} : { password }), validationData: null, clientMetadata: null };
  const common = { version: '1', region: 'eu-west-1', userPoolId: 'eu-west-1_Ab', callerContext: { clientId: 'web' } };
  return migrationEventSchema.parse({ ...common, triggerSource, userName: 'ada@example.com', request, response });
}

const knows = (found: MovingAccount) => ({
  authenticate: (email: string, password: string) =>
    email === 'ada@example.com' && password === 'right' ? Promise.resolve(found) : Promise.reject(new NotMovedError()),
  find: () => Promise.resolve(found),
});

describe('the migration trigger', () => {
  it('moves a user at sign-in, confirmed, with the password just typed and the id of before', async () => {
    const moved = await migrateUser(event('UserMigration_Authentication', 'right'), knows(account));

    expect(moved).toMatchObject({ userName: 'ada@example.com', triggerSource: 'UserMigration_Authentication' });
    expect(moved.response).toEqual({
      userAttributes: {
        email: account.email,
        email_verified: 'true',
        name: 'Ada',
        'custom:account_id': account.id,
      },
      finalUserStatus: 'CONFIRMED',
      messageAction: 'SUPPRESS',
      forceAliasCreation: false,
    });
  });

  it('S26: moves nobody with a wrong password, or without one', async () => {
    for (const password of ['wrong', '', undefined]) {
      const moving = migrateUser(event('UserMigration_Authentication', password), knows(account));
      await expect(moving).rejects.toThrow('Incorrect username or password.');
    }
  });

  it('S28: moves who has forgotten the password only to an address that was verified', async () => {
    const moved = await migrateUser(event('UserMigration_ForgotPassword'), knows(account));

    expect(moved.response).not.toHaveProperty('finalUserStatus');
    expect(moved.response.userAttributes).toMatchObject({ email: account.email, email_verified: 'true' });
    const unverified = knows({ ...account, emailVerified: false });
    await expect(migrateUser(event('UserMigration_ForgotPassword'), unverified)).rejects.toThrow(NotMovedError);
  });

  it('makes no user where auth could not be asked', async () => {
    const down = {
      authenticate: () => Promise.reject(new AuthUnavailableError('no answer')),
      find: knows(account).find,
    };

    await expect(migrateUser(event('UserMigration_Authentication', 'right'), down)).rejects.toThrow(
      AuthUnavailableError,
    );
  });

  it('takes no other event', () => {
    expect(() => event('PreSignUp_SignUp')).toThrow('triggerSource');
  });
});
