/** Names by which the stacks and the steps of a deployment know the same things: one account and region holds one stage. */

/** Where the digest is that a stage is to run of a service's image: `sha256:…`. CloudFormation reads it. */
export const digestParameter = (service: string): string => `/lethe/images/${service}/digest`;

/** Where the commit is that a stage runs: written last, when everything else has succeeded. */
export const COMMIT_PARAMETER = '/lethe/delivery/commit';

/** Where the commit is that the last stage runs, in the account of the pipeline: what `nx affected` compares with. */
export const BASE_PARAMETER = '/lethe/delivery/base';

/** Where the ARN of the cluster is in which services have their databases. CloudFormation writes it. */
export const DATABASE_CLUSTER_PARAMETER = '/lethe/database/cluster';
/** Where the ARN of the secret is by which databases and users are made. CloudFormation writes it. */
export const DATABASE_ADMIN_PARAMETER = '/lethe/database/admin';

/** The repository of a service's images. */
export const repositoryName = (service: string): string => `lethe/${service}`;

/** The bucket of what is known of images, in the account of the pipeline. Names of buckets are the world's. */
export const recordsBucket = (account: string, region: string): string => `lethe-delivery-${account}-${region}`;

/** The cluster of a stage's services. */
export const CLUSTER = 'lethe';

/** A service's tasks behind the balancer: the name of its service, its task definitions and its deployments alike. */
export const webName = (service: string): string => `lethe-${service}`;
/** Its tasks that only work off messages and records. */
export const workerName = (service: string): string => `lethe-${service}-worker`;
/** Its step before a deployment. */
export const migrationName = (service: string): string => `lethe-${service}-migrate`;

/** The container of every task, and where it listens. */
export const CONTAINER = { name: 'service', port: 3000 } as const;

/** The role of a stage in which steps of a deployment are taken there. */
export const DEPLOYER_ROLE = 'lethe-deployer';
