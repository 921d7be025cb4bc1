import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  type PasswordPolicy,
  StandardThreatProtectionMode,
  StringAttribute,
  UserPool,
  UserPoolEmail,
  UserPoolOperation,
  VerificationEmailStyle,
} from 'aws-cdk-lib/aws-cognito';
import { Function, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { roleSchema, storeFunctions } from '@lethe/contracts';
import type { Construct } from 'constructs';
import { acknowledge } from '../checks/acknowledge.js';
import { UnknownResourceError } from '../infra.errors.js';
import { Arns } from '../permissions/arns.js';
import type { StageDefinition } from '../stages/stage.js';

/** As `registerSchema` has it: length, and no rules of composition (NIST SP 800-63B-4, S23). */
export const LEAST_PASSWORD = 15;

/** Length alone: rules of composition are none. */
const PASSWORDS: PasswordPolicy = {
  minLength: LEAST_PASSWORD,
  requireLowercase: false,
  requireUppercase: false,
  requireDigits: false,
  requireSymbols: false,
  tempPasswordValidity: Duration.days(1),
};

/** A function of the store by its handler. It lets pools of this account invoke it (functions.stack.ts). */
function trigger(scope: Construct, handler: string): IFunction {
  const definition = storeFunctions.find((one) => one.handler === handler);
  if (definition === undefined) throw new UnknownResourceError('function', handler);
  return Function.fromFunctionAttributes(scope, handler, {
    functionArn: new Arns(scope).function(definition.name),
    skipPermissions: true,
  });
}

/**
 * The pool behind auth's routes (decision 19): one signs in by e-mail address, which is verified by mail; roles are groups.
 * Users of before move in at their first sign-in, and keep their id.
 */
export function addUserPool(scope: Construct, stage: StageDefinition, removalPolicy: RemovalPolicy): UserPool {
  const pool = new UserPool(scope, 'Users', {
    userPoolName: 'lethe',
    // Auth signs customers up with the secret of the app client; without it SignUp is refused.
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // A new address counts, and the old one stays, until a code that was mailed there came back.
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true }, fullname: { required: false, mutable: true } },
    // Set when a user is made, by the migration trigger or an import, and never again: whoever writes it is that user.
    customAttributes: { account_id: new StringAttribute({ minLen: 36, maxLen: 36, mutable: false }) },
    passwordPolicy: PASSWORDS,
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false, email: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    userVerification: {
      emailStyle: VerificationEmailStyle.CODE,
      emailSubject: 'Your code for Lethe',
      emailBody: 'Your code is {####}. If you did not ask for it, you need not do anything.',
    },
    email: UserPoolEmail.withSES({
      fromEmail: `no-reply@${stage.domain}`,
      fromName: 'Lethe',
      sesRegion: stage.region,
      sesVerifiedDomain: stage.domain,
    }),
    // Compromised passwords are refused (S24), which the lesser plans do not offer.
    featurePlan: FeaturePlan.PLUS,
    standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
    deletionProtection: stage.guarded,
    removalPolicy,
  });
  pool.addTrigger(UserPoolOperation.USER_MIGRATION, trigger(scope, 'migrate-user'));
  pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger(scope, 'add-claims'), LambdaVersion.V2_0);
  acknowledge(
    pool,
    ['AwsSolutions-COG1'],
    'Length and lists of known passwords protect, rules of composition do not (NIST SP 800-63B-4): 15 characters at least.',
  );
  acknowledge(
    pool,
    ['AwsSolutions-COG2'],
    "A second factor is the customer's choice, as with the store's own issuer; where there is one, it is asked for.",
  );
  for (const groupName of roleSchema.options)
    pool.addGroup(groupName, { groupName, description: `Users whose tokens say ${groupName}.` });
  return pool;
}
