import { describe, expect, it } from '@jest/globals';
import { lacking, linesOf, stale, unused } from './audit.js';
import type { SeenCall } from './matching.js';
import { type Statement, statementsOf } from './role-statements.js';

const ROLE = 'lethe-shop';
const ROLES = new Set([ROLE]);
const queue = 'arn:aws:sqs:us-east-1:000000000000:lethe-shop';

/** A role with these statements, as a template has it. */
const roleWith = (...Statement: readonly Omit<Statement, 'Effect' | 'Sid'>[]) =>
  statementsOf({
    Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: ROLE } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Metadata: { 'lethe:because': { Grant1: 'sends jobs' } },
      Properties: {
        Roles: [{ Ref: 'Role' }],
        PolicyDocument: {
          Statement: Statement.map((one, index) => ({ Sid: `Grant${index + 1}`, Effect: 'Allow', ...one })),
        },
      },
    },
  });

const arn = (service: string, name: string) => ({
  'Fn::Join': ['', [`arn:aws:${service}:eu-west-1:`, { Ref: 'AWS::AccountId' }, `:${name}`]],
});
const seen = (action: string, resource: string, leadingKey?: string): SeenCall => ({
  caller: ROLE,
  action,
  resource,
  leadingKey,
});

describe('the permissions of a role against the calls that it made', () => {
  it('S57: are in order where each was used and nothing else was', () => {
    const role = roleWith({ Action: 'sqs:SendMessage', Resource: arn('sqs', 'lethe-shop') });
    const calls = [seen('sqs:SendMessage', queue)];

    expect(lacking(role, calls, ROLES)).toEqual([]);
    expect(unused(role, calls, ROLES, [])).toEqual([]);
  });

  it('S57: are less than needed where a call has no statement: another action, another resource', () => {
    const role = roleWith({ Action: 'sqs:SendMessage', Resource: arn('sqs', 'lethe-shop') });

    expect(linesOf(lacking(role, [seen('sqs:DeleteMessage', queue)], ROLES))).toEqual([
      `lethe-shop: sqs:DeleteMessage on ${queue}`,
    ]);
    expect(lacking(role, [seen('sqs:SendMessage', `${queue}-dlq`)], ROLES)).toHaveLength(1);
  });

  it('S57: are more than used where nobody made the call, which the list may excuse', () => {
    const role = roleWith({ Action: ['sqs:SendMessage', 'sqs:PurgeQueue'], Resource: arn('sqs', 'lethe-shop') });
    const calls = [seen('sqs:SendMessage', queue)];

    expect(linesOf(unused(role, calls, ROLES, []))).toEqual([
      'lethe-shop: sqs:PurgeQueue on arn:aws:sqs:eu-west-1:<AWS::AccountId>:lethe-shop (sends jobs)',
    ]);
    const unseen = [{ roles: ['lethe-*'], actions: ['sqs:PurgeQueue'], on: 'sqs:lethe-shop', reason: 'by hand' }];
    expect(unused(role, calls, ROLES, unseen)).toEqual([]);
    expect(stale(role, ROLES, unseen)).toEqual([]);
    expect(stale(role, ROLES, [{ roles: ['*'], actions: ['sqs:TagQueue'], reason: 'no longer granted' }])).toHaveLength(
      1,
    );
  });

  it('S57: hold to the beginning of keys', () => {
    const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['shop:*'] } };
    const role = roleWith({ Action: 'dynamodb:GetItem', Resource: arn('dynamodb', 'table/leases'), Condition });
    const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/leases';

    expect(lacking(role, [seen('dynamodb:GetItem', table, 'shop:{}')], ROLES)).toEqual([]);
    expect(lacking(role, [seen('dynamodb:GetItem', table, 'bank:{}')], ROLES)).toHaveLength(1);
  });

  it('S57: reach objects of a bucket under its prefix alone, whatever the name of the bucket ends with', () => {
    const bucket = { 'Fn::Join': ['', ['arn:aws:s3:::files-', { Ref: 'AWS::AccountId' }, '-eu-west-1/in/*']] };
    const role = roleWith({ Action: 's3:GetObject', Resource: bucket });

    expect(lacking(role, [seen('s3:GetObject', 'arn:aws:s3:::files/in/{}')], ROLES)).toEqual([]);
    expect(lacking(role, [seen('s3:GetObject', 'arn:aws:s3:::files/out/{}')], ROLES)).toHaveLength(1);
  });

  it('S57: let a key be used for those services only that the role calls', () => {
    const Condition = { StringEquals: { 'kms:ViaService': ['sqs.eu-west-1.amazonaws.com'] } };
    const role = roleWith({ Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': ['Key', 'Arn'] }, Condition });

    expect(unused(role, [seen('sqs:SendMessage', queue)], ROLES, [])).toEqual([]);
    expect(unused(role, [], ROLES, [])).toHaveLength(1);
  });

  it('S57: allow nothing by a condition that cannot be judged', () => {
    const Condition = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    const role = roleWith({ Action: 'sqs:SendMessage', Resource: arn('sqs', 'lethe-shop'), Condition });

    expect(lacking(role, [seen('sqs:SendMessage', queue)], ROLES)).toHaveLength(1);
  });
});
