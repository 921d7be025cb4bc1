import { StageError } from '../infra.errors.js';
import { stages } from '../stages/stages.js';

/** A stage as the delivery goes through it. */
export interface DeliveryStage {
  readonly name: 'staging' | 'production';
  /** Absent: that of the credentials with which the delivery itself is deployed. */
  readonly account?: string;
  readonly region: string;
  readonly domain: string;
  /** Whether somebody must agree first. */
  readonly approval: boolean;
  /** What the stage is told of its own: `domain`, `hostedZoneId` and so on, as `-c` of the store's app has them. */
  readonly context: Readonly<Record<string, string>>;
}

const DOORS = ['codepipeline', 'github', 'none'] as const;
type Door = (typeof DOORS)[number];

/** How commits become what runs: where from, through which stages, and by whom. */
export interface DeliveryDefinition {
  /** Where images, bills of materials and the pipeline are. Absent: the account of the credentials. */
  readonly account?: string;
  readonly region: string;
  /**
   * Who takes the steps: CodePipeline, or workflows of GitHub that sign in by OIDC. One, so that nobody else may. `none`: a person
   * does, with credentials of their own, and needs nothing but a registry.
   */
  readonly door: Door;
  readonly repository: { readonly owner: string; readonly name: string; readonly branch: string };
  /** Of CodeConnections, which somebody has to agree to in the console; not needed by GitHub's workflows. */
  readonly connectionArn: string;
  /** Who is asked for approval. */
  readonly operators: string;
  /** NODE and BASE of the Dockerfile, by digest; absent: as the Dockerfile has them. */
  readonly bases: { readonly node?: string; readonly base?: string };
  readonly stages: readonly DeliveryStage[];
}

const EXAMPLE_CONNECTION = 'arn:aws:codeconnections:eu-west-1:000000000000:connection/example';
const ROUTE = [
  { name: 'staging', approval: false },
  { name: 'production', approval: true },
] as const;
/** Of what a stage may be told; each as `-c staging.domain=…`. */
const OWN = ['domain', 'hostedZoneId', 'hostedZoneName', 'operators', 'identityProvider', 'lakeClicks'] as const;

const isAccount = (text: string): boolean => /^\d{12}$/.test(text);

/** The delivery as the context of its app has it: `-c repository=owner/name -c staging.account=…`. Throws a {@link StageError}. */
export function deliveryOf(said: (key: string) => string | undefined): DeliveryDefinition {
  const door = doorOf(said('door') ?? 'codepipeline');
  const repository = said('repository') ?? 'example/lethe';
  const [owner, name, ...rest] = repository.split('/');
  if (!owner || !name || rest.length > 0) throw new StageError('-c repository= is not owner/name');
  const region = said('region') ?? 'eu-west-1';
  const [node, base] = [pinned('node', said('node')), pinned('base', said('base'))];
  return {
    ...accountOf('account', said('account')),
    region,
    door,
    repository: { owner, name, branch: said('branch') ?? 'main' },
    connectionArn: said('connection') ?? EXAMPLE_CONNECTION,
    operators: said('operators') ?? 'operators@lethe.example',
    bases: { ...(node === undefined ? {} : { node }), ...(base === undefined ? {} : { base }) },
    stages: ROUTE.map((one) => stageOn(one, said)),
  };
}

function doorOf(said: string): Door {
  const door = DOORS.find((one) => one === said);
  if (door === undefined) throw new StageError(`-c door= is not one of ${DOORS.join(', ')}`);
  return door;
}

function stageOn({ name, approval }: (typeof ROUTE)[number], said: (key: string) => string | undefined): DeliveryStage {
  const declared = stages.find((stage) => stage.name === name);
  if (declared === undefined) throw new StageError(`there is no stage ${name}`);
  const context = Object.fromEntries(
    OWN.flatMap((key) => {
      const value = said(`${name}.${key}`);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
  return {
    name,
    approval,
    ...accountOf(`${name}.account`, said(`${name}.account`)),
    region: said(`${name}.region`) ?? declared.region,
    domain: context['domain'] ?? declared.domain,
    context,
  };
}

function accountOf(key: string, account: string | undefined): { readonly account?: string } {
  if (account === undefined) return {};
  if (!isAccount(account)) throw new StageError(`-c ${key}= is not of 12 digits`);
  return { account };
}

/** A base may only be said by digest: what a tag points to may change under a build. */
function pinned(key: string, image: string | undefined): string | undefined {
  if (image !== undefined && !/@sha256:[0-9a-f]{64}$/.test(image))
    throw new StageError(`-c ${key}= is not an image by digest`);
  return image;
}
