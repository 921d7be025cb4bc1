import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { bucketName } from '../data/buckets.js';

/** ARNs by name, in the account and region of a stack. A role that names what it uses depends on no other stack. */
export class Arns {
  readonly #stack: Stack;

  constructor(private readonly scope: Construct) {
    this.#stack = Stack.of(scope);
  }

  topic(name: string): string {
    return this.#stack.formatArn({ service: 'sns', resource: name });
  }

  /** Every task of a cluster. */
  tasks(cluster: string): string {
    return this.#stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster}/*` });
  }

  queue(name: string): string {
    return this.#stack.formatArn({ service: 'sqs', resource: name });
  }

  stream(name: string): string {
    return this.#stack.formatArn({ service: 'kinesis', resource: 'stream', resourceName: name });
  }

  table(name: string): string {
    return this.#stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: name });
  }

  bucket(name: string): string {
    return `arn:${this.#stack.partition}:s3:::${bucketName(this.scope, name)}`;
  }

  function(name: string): string {
    return this.#colon('lambda', 'function', name);
  }

  stateMachine(name: string): string {
    return this.#colon('states', 'stateMachine', name);
  }

  mailIdentity(domain: string): string {
    return this.#stack.formatArn({ service: 'ses', resource: 'identity', resourceName: domain });
  }

  /** A database of Glue's catalogue, and the catalogue, which IAM asks for too. */
  glueDatabase(database: string): readonly [string, string] {
    return [
      this.#stack.formatArn({ service: 'glue', resource: 'catalog' }),
      this.#stack.formatArn({ service: 'glue', resource: 'database', resourceName: database }),
    ];
  }

  /** A table of Glue's catalogue with what it is in. */
  glueTable(database: string, table: string): readonly string[] {
    return [
      ...this.glueDatabase(database),
      this.#stack.formatArn({ service: 'glue', resource: 'table', resourceName: `${database}/${table}` }),
    ];
  }

  scheduleGroup(group: string, schedule?: string): string {
    return this.#stack.formatArn({
      service: 'scheduler',
      resource: schedule === undefined ? 'schedule-group' : 'schedule',
      resourceName: schedule === undefined ? group : `${group}/${schedule}`,
    });
  }

  /** `endpoint`: the ARN of the proxy, whose last part is what IAM knows it by. */
  databaseUser(proxyArn: string, user: string): string {
    const { resourceName } = this.#stack.splitArn(proxyArn, ArnFormat.COLON_RESOURCE_NAME);
    return this.#colon('rds-db', 'dbuser', `${resourceName}/${user}`);
  }

  #colon(service: string, resource: string, resourceName: string): string {
    return this.#stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  }
}
