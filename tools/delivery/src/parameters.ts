import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { NoDatabaseError, NoPlaceForPagesError } from './delivery.errors.js';
import {
  BASE_PARAMETER,
  COMMIT_PARAMETER,
  DATABASE_ADMIN_PARAMETER,
  DATABASE_CLUSTER_PARAMETER,
  WEB_BUCKET_PARAMETER,
  WEB_DISTRIBUTION_PARAMETER,
  WEB_PAGES_PARAMETER,
  digestParameter,
} from './names.js';

/** What a stage is to run, and what it does run: digests and the commit, in Parameter Store. */
export class StageParameters {
  constructor(private readonly ssm: SSMClient) {}

  /** The commit that the stage runs; undefined before the first deployment has succeeded. */
  deployedCommit(): Promise<string | undefined> {
    return this.#read(COMMIT_PARAMETER);
  }

  /** To be written when everything else has succeeded. */
  writeCommit(commit: string): Promise<void> {
    return this.#write(COMMIT_PARAMETER, commit);
  }

  digest(service: string): Promise<string | undefined> {
    return this.#read(digestParameter(service));
  }

  writeDigest(service: string, digest: string): Promise<void> {
    return this.#write(digestParameter(service), digest);
  }

  /** The commit that has come through the whole pipeline; undefined before the first one has. */
  base(): Promise<string | undefined> {
    return this.#read(BASE_PARAMETER);
  }

  writeBase(commit: string): Promise<void> {
    return this.#write(BASE_PARAMETER, commit);
  }

  /** The ARNs of the cluster of databases, and of its administrator's secret. Throws a {@link NoDatabaseError}. */
  async database(): Promise<{ readonly cluster: string; readonly admin: string }> {
    const [cluster, admin] = await Promise.all([
      this.#read(DATABASE_CLUSTER_PARAMETER),
      this.#read(DATABASE_ADMIN_PARAMETER),
    ]);
    if (cluster === undefined) throw new NoDatabaseError(DATABASE_CLUSTER_PARAMETER);
    if (admin === undefined) throw new NoDatabaseError(DATABASE_ADMIN_PARAMETER);
    return { cluster, admin };
  }

  /** Where the pages go, and what hands them out. Throws a {@link NoPlaceForPagesError}. */
  async web(): Promise<{ readonly bucket: string; readonly distribution: string }> {
    const [bucket, distribution] = await Promise.all([
      this.#read(WEB_BUCKET_PARAMETER),
      this.#read(WEB_DISTRIBUTION_PARAMETER),
    ]);
    if (bucket === undefined) throw new NoPlaceForPagesError(WEB_BUCKET_PARAMETER);
    if (distribution === undefined) throw new NoPlaceForPagesError(WEB_DISTRIBUTION_PARAMETER);
    return { bucket, distribution };
  }

  /** The hash of the pages that are handed out; undefined before the first ones are. */
  pages(): Promise<string | undefined> {
    return this.#read(WEB_PAGES_PARAMETER);
  }

  /** To be written when the distribution has been told of them. */
  writePages(hash: string): Promise<void> {
    return this.#write(WEB_PAGES_PARAMETER, hash);
  }

  async #read(Name: string): Promise<string | undefined> {
    try {
      const { Parameter } = await this.ssm.send(new GetParameterCommand({ Name }));
      return Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  }

  async #write(Name: string, Value: string): Promise<void> {
    await this.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  }
}
