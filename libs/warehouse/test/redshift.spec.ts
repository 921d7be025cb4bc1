import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedshiftStatements } from '../src/redshift/redshift-statements.js';
import { RedshiftWarehouse } from '../src/redshift/redshift-warehouse.js';
import { StatementError } from '../src/warehouse.errors.js';

interface Request {
  readonly operation: string;
  readonly body: Record<string, unknown>;
}
type Reply = Record<string, unknown> | { readonly error: string; readonly status: number };

/** The Data API as the wire has it (AWS JSON 1.1, signed): answers by script, and remembers what it was asked. */
class DataApi {
  readonly requests: Request[] = [];
  #script = new Map<string, Reply[]>();

  reset(script: Record<string, Reply[]>): void {
    this.requests.length = 0;
    this.#script = new Map(Object.entries(script));
  }

  async answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const operation = String(request.headers['x-amz-target']).replace('RedshiftData.', '');
    if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256') !== true) return { status: 403, body: '{}' };
    this.requests.push({ operation, body: JSON.parse(await text(request)) });
    const replies = this.#script.get(operation) ?? [];
    const reply: Reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
    if ('error' in reply) return { status: Number(reply.status), body: JSON.stringify({ __type: reply.error }) };
    return { status: 200, body: JSON.stringify(reply) };
  }

  operations(): string[] {
    return this.requests.map(({ operation }) => operation);
  }
}

const plan = {
  rawTable: 'lake_events',
  columns: [
    { name: 'event_id', type: 'text' },
    { name: 'occurred_at', type: 'timestamp' },
    { name: 'units', type: 'bigint' },
  ],
  files: [{ key: 'type=click/day=2011-01-01/a.parquet', bytes: 7 }],
  models: [{ name: 'events', select: 'SELECT event_id FROM lake_events', description: '' }],
} as const;

describe('Redshift by the Data API', () => {
  const api = new DataApi();
  const waits: number[] = [];
  let server: Server;
  let client: RedshiftDataClient;
  let statements: RedshiftStatements;
  beforeAll(async () => {
    const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { status, body } = await api.answer(request);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
    };
    server = createServer((request, response) => void respond(request, response));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    client = new RedshiftDataClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
      maxAttempts: 3,
    });
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms);
    };
    statements = new RedshiftStatements({ client, workgroup: 'w', database: 'd', timeoutMs: 60_000, wait });
  });
  beforeEach(() => {
    waits.length = 0;
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  it('builds by one batch: tables away, COPY of the manifest as Parquet in the role, models', async () => {
    api.reset({ BatchExecuteStatement: [{ Id: '1' }], DescribeStatement: [{ Status: 'FINISHED' }] });
    const copyRoleArn = 'arn:aws:iam::000000000000:role/copy';

    await new RedshiftWarehouse({ statements, bucket: 'lethe-lake', copyRoleArn }).build(plan);

    const [batch] = api.requests;
    expect(batch?.operation).toBe('BatchExecuteStatement');
    expect(batch?.body).toEqual({
      WorkgroupName: 'w',
      Database: 'd',
      ClientToken: expect.stringMatching(/^[\da-f-]{36}$/),
      Sqls: [
        'DROP TABLE IF EXISTS lake_events, events',
        'CREATE TABLE lake_events (event_id VARCHAR(2048), occurred_at TIMESTAMP, units BIGINT)',
        `COPY lake_events FROM 's3://lethe-lake/manifest.json' IAM_ROLE '${copyRoleArn}' FORMAT AS PARQUET MANIFEST`,
        'CREATE TABLE events AS SELECT event_id FROM lake_events',
      ],
    });
  });

  it('copies nothing of an empty lake, and takes the default role where none is named', async () => {
    api.reset({ BatchExecuteStatement: [{ Id: '1' }], DescribeStatement: [{ Status: 'FINISHED' }] });
    const warehouse = new RedshiftWarehouse({ statements, bucket: 'b' });

    await warehouse.build({ ...plan, files: [] });
    await warehouse.build(plan);

    const sqls = api.requests.map(({ body }) => String(body['Sqls']));
    expect(sqls[0]).not.toContain('COPY');
    expect(sqls[2]).toContain('IAM_ROLE default FORMAT AS PARQUET MANIFEST');
  });

  it('R05: sends a request again with the same token, so that it runs once', async () => {
    const failure = { error: 'InternalServerException', status: 500 };
    api.reset({ ExecuteStatement: [failure, { Id: '1' }], DescribeStatement: [{ Status: 'FINISHED' }] });

    await statements.query('SELECT 1');

    expect(api.operations()).toEqual(['ExecuteStatement', 'ExecuteStatement', 'DescribeStatement']);
    expect(new Set(api.requests.slice(0, 2).map(({ body }) => body['ClientToken'])).size).toBe(1);
  });

  it('asks how it stands less and less often', async () => {
    const going = ['SUBMITTED', 'PICKED', 'STARTED', 'STARTED'].map((Status) => ({ Status }));
    api.reset({ ExecuteStatement: [{ Id: '1' }], DescribeStatement: [...going, { Status: 'FINISHED' }] });

    await statements.query('SELECT 1');

    expect(waits.map(Math.round)).toEqual([100, 170, 289, 491]);
  });

  it('waits where too many statements run, and then begins', async () => {
    const full = { error: 'ActiveStatementsExceededException', status: 400 };
    api.reset({ ExecuteStatement: [full, full, { Id: '1' }], DescribeStatement: [{ Status: 'FINISHED' }] });

    await statements.query('SELECT 1');

    expect(api.operations().filter((operation) => operation === 'ExecuteStatement')).toHaveLength(3);
  });

  it('reads every page of an answer, each cell as what it is', async () => {
    api.reset({
      ExecuteStatement: [{ Id: '1' }],
      DescribeStatement: [{ Status: 'FINISHED', HasResultSet: true }],
      GetStatementResult: [
        {
          ColumnMetadata: [{ name: 'a' }, { name: 'b' }],
          Records: [[{ stringValue: 'x' }, { longValue: 1 }]],
          NextToken: 'more',
        },
        { ColumnMetadata: [{ name: 'a' }, { name: 'b' }], Records: [[{ isNull: true }, { booleanValue: false }]] },
      ],
    });

    expect(await statements.query('SELECT a, b FROM c')).toEqual({
      columns: ['a', 'b'],
      rows: [
        ['x', 1],
        [null, false],
      ],
    });
  });

  it('says which statement of a batch was refused, and why', async () => {
    const SubStatements = [
      { Status: 'FINISHED', QueryString: 'DROP TABLE x' },
      { Status: 'FAILED', QueryString: 'COPY y', Error: 'ERROR: no such role' },
    ];
    api.reset({ BatchExecuteStatement: [{ Id: '1' }], DescribeStatement: [{ Status: 'FAILED', SubStatements }] });

    await expect(statements.runAll(['DROP TABLE x', 'COPY y'])).rejects.toThrow(
      new StatementError('COPY y', 'ERROR: no such role'),
    );
  });

  it('R04: cancels what does not end in time', async () => {
    api.reset({ ExecuteStatement: [{ Id: '7' }], DescribeStatement: [{ Status: 'STARTED' }], CancelStatement: [{}] });

    await expect(statements.query('SELECT 1')).rejects.toThrow(StatementError);

    expect(api.requests.at(-1)).toEqual({ operation: 'CancelStatement', body: { Id: '7' } });
  });
});
