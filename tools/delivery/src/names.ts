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

/** Where the name of the bucket of the pages is. CloudFormation writes it. */
export const WEB_BUCKET_PARAMETER = '/lethe/web/bucket';
/** Where the id of the distribution is that hands the pages out. CloudFormation writes it. */
export const WEB_DISTRIBUTION_PARAMETER = '/lethe/web/distribution';
/** Where the hash of the pages is that the distribution hands out: written last, when it has been told of them. */
export const WEB_PAGES_PARAMETER = '/lethe/delivery/pages';

/** The bucket of the pages, in the account of a stage. */
export const webBucket = (account: string, region: string): string => `lethe-web-${account}-${region}`;

/** The repository of a service's images. */
export const repositoryName = (service: string): string => `lethe/${service}`;

/** What the step `registry` prints where every service has its repository. */
export const REGISTRY_PRESENT = 'present';

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
