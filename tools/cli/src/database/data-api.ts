import { ExecuteStatementCommand, RDSDataClient, RDSDataServiceException } from '@aws-sdk/client-rds-data';
import { type Administrator, DatabaseError } from '@lethe/database';
import { z } from 'zod';

/** Where the Data API of Aurora finds a cluster and who it signs in as. */
export interface DataApiPlace {
  readonly clusterArn: string;
  /** Of the secret with the administrator's name and password. */
  readonly secretArn: string;
}

const rows = z.array(z.record(z.string(), z.unknown()));
/** How the Data API ends what Postgres says: `ERROR: database "x" already exists; SQLState: 42P04`. */
const SQL_STATE = /SQLState: ([0-9A-Z]{5})/;

/** The administrator of an Aurora cluster, from outside its network: over HTTPS, by permission of IAM. */
export class DataApiAdministrator implements Administrator {
  constructor(
    private readonly client: RDSDataClient,
    private readonly place: DataApiPlace,
  ) {}

  async run(database: string, text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { clusterArn: resourceArn, secretArn } = this.place;
    try {
      const { formattedRecords } = await this.client.send(
        new ExecuteStatementCommand({ resourceArn, secretArn, database, sql: text, formatRecordsAs: 'JSON' }),
      );
      return formattedRecords === undefined ? [] : rows.parse(JSON.parse(formattedRecords));
    } catch (error) {
      const sqlState = error instanceof RDSDataServiceException ? SQL_STATE.exec(error.message)?.[1] : undefined;
      if (sqlState === undefined || !(error instanceof Error)) throw error;
      throw new DatabaseError(error.message, { sqlState, statement: 'database.prepare' }, { cause: error });
    }
  }
}
