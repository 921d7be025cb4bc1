import { Stack } from 'aws-cdk-lib';
import type { Permission } from '@lethe/topology';
import type { Construct } from 'constructs';
import { Arns } from './arns.js';
import type { Grant } from './grant.js';

/** Which services of AWS decrypt messages for what a permission is on. */
const VIA = { topic: 'sns', queue: 'sqs', 'reply-queues': 'sqs', stream: 'kinesis' } as const;

/** The one action of SQS that knows no resource. Source: "Using policies with Amazon SQS". */
const LIST = 'sqs:ListQueues';

/** What the topology derives for a service, as statements, with the key of what is encrypted. */
export function messagingGrants(scope: Construct, permissions: readonly Permission[], keyArn: string): Grant[] {
  if (permissions.length === 0) return [];
  const arns = new Arns(scope);
  const arnOf = ({ on, name }: Permission): string => {
    if (on === 'topic') return arns.topic(name);
    if (on === 'stream') return arns.stream(name);
    return arns.queue(on === 'queue' ? name : `${name}*`);
  };
  const services = [...new Set(permissions.map(({ on }) => VIA[on]))].sort();
  return [
    ...permissions.flatMap((permission) => {
      const { actions, because } = permission;
      const named = { actions: actions.filter((one) => one !== LIST), resources: [arnOf(permission)], because };
      return actions.includes(LIST) ? [named, { actions: [LIST], resources: ['*'], because }] : [named];
    }),
    keyGrant(scope, keyArn, services, 'messages are encrypted'),
  ];
}

/** A key, for these services of AWS alone: with what was read past them nobody can do anything. */
export function keyGrant(scope: Construct, keyArn: string, services: readonly string[], because: string): Grant {
  const { region } = Stack.of(scope);
  return {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': services.map((name) => `${name}.${region}.amazonaws.com`) } },
    because,
  };
}
