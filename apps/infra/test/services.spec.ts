import { describe, expect, it } from '@jest/globals';
import { storeServices } from '@lethe/contracts';
import { STAGES, Templates, written } from './templates.js';

interface Container {
  readonly User?: string;
  readonly ReadonlyRootFilesystem?: boolean;
  readonly StopTimeout?: number;
  readonly Privileged?: boolean;
  readonly Image: unknown;
  readonly Command?: readonly string[];
  readonly Environment: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Secrets?: readonly { readonly Name: string }[];
  readonly LinuxParameters?: { readonly Capabilities?: { readonly Drop?: readonly string[] } };
}
interface TaskProperties {
  readonly Family: string;
  readonly RuntimePlatform: { readonly CpuArchitecture: string };
  readonly ContainerDefinitions: readonly Container[];
}
interface ServiceProperties {
  readonly ServiceName: string;
  readonly DesiredCount: number;
  readonly CapacityProviderStrategy: readonly { readonly CapacityProvider: string }[];
  readonly NetworkConfiguration: {
    readonly AwsvpcConfiguration: { readonly AssignPublicIp: string; readonly Subnets: readonly unknown[] };
  };
  readonly DeploymentController?: { readonly Type: string };
  readonly DeploymentConfiguration?: { readonly DeploymentCircuitBreaker?: { readonly Rollback: boolean } };
}
interface Attributed {
  readonly TargetGroupAttributes?: readonly { readonly Key: string; readonly Value: string }[];
  readonly LoadBalancerAttributes?: readonly { readonly Key: string; readonly Value: string }[];
}

/** How long services keep an idle connection: KEEP_ALIVE_MS of the service-kit, in seconds. */
const SERVICES_KEEP_ALIVE = 75;

describe.each(STAGES)('services of %s', (stage) => {
  const templates = new Templates(stage);
  const tasks = templates.all<TaskProperties>('AWS::ECS::TaskDefinition');
  const services = templates.all<ServiceProperties>('AWS::ECS::Service').map(({ properties }) => properties);
  const containers = tasks.flatMap(({ properties }) => properties.ContainerDefinitions);
  const targetGroups = templates.all<Attributed>('AWS::ElasticLoadBalancingV2::TargetGroup');
  const attribute = (key: string): string[] =>
    targetGroups.flatMap(({ properties }) =>
      (properties.TargetGroupAttributes ?? []).filter(({ Key }) => Key === key).map(({ Value }) => Value),
    );
  const environmentOf = ({ Environment }: Container) => new Map(Environment.map(({ Name, Value }) => [Name, Value]));

  it('are each a service behind the balancer, a worker on Spot, and a step before a deployment', () => {
    const names = storeServices.map(({ name }) => `lethe-${name}`);
    const byCapacity = (provider: string) =>
      services
        .filter(({ CapacityProviderStrategy: [first] }) => first?.CapacityProvider === provider)
        .map(({ ServiceName }) => ServiceName);
    expect(byCapacity('FARGATE').sort()).toEqual(names.toSorted());
    expect(byCapacity('FARGATE_SPOT').sort()).toEqual(names.map((name) => `${name}-worker`).sort());
    expect(tasks.map(({ properties }) => properties.Family)).toEqual(
      expect.arrayContaining(names.map((name) => `${name}-migrate`)),
    );
  });

  it('R30: run at least two tasks over three zones, and nothing is sticky', () => {
    const web = services.filter(({ ServiceName }) => !ServiceName.endsWith('-worker'));
    expect(web.filter(({ DesiredCount }) => DesiredCount < 2)).toEqual([]);
    const spread = services.map(({ NetworkConfiguration }) => NetworkConfiguration.AwsvpcConfiguration.Subnets.length);
    expect(new Set(spread)).toEqual(new Set([3]));
    expect(attribute('stickiness.enabled').filter((value) => value !== 'false')).toEqual([]);
    expect(JSON.stringify(templates.all('AWS::ElasticLoadBalancingV2::ListenerRule'))).not.toMatch(/stickiness/i);
  });

  it('S58: run as nobody in particular, on ARM64, with a file system that cannot be written and no capabilities', () => {
    expect(containers.length).toBe(3 * storeServices.length);
    for (const container of containers)
      expect(container).toMatchObject({
        User: '1000:1000',
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      });
    expect(containers.filter(({ Privileged }) => Privileged === true)).toEqual([]);
    expect(new Set(tasks.map(({ properties }) => properties.RuntimePlatform.CpuArchitecture))).toEqual(
      new Set(['ARM64']),
    );
  });

  it('S58: run images by digest', () => {
    for (const { Image } of containers) expect(JSON.stringify(Image)).toMatch(/@"/);
  });

  it('R01: drain inside stopTimeout, after the balancer has let go of them', () => {
    expect(new Set(containers.map(({ StopTimeout }) => StopTimeout))).toEqual(new Set([120]));
    const [deregistration = ''] = new Set(attribute('deregistration_delay.timeout_seconds'));
    for (const container of containers) {
      const variables = environmentOf(container);
      const drain = Number(variables.get('DRAIN_TIMEOUT_MS')) / 1_000;
      expect(drain).toBeLessThanOrEqual(115);
      expect(Number(variables.get('DRAIN_DELAY_MS')) / 1_000).toBeLessThan(drain);
      expect(Number(deregistration)).toBeLessThanOrEqual(drain);
    }
  });

  it('R03: close idle connections later than the balancer does', () => {
    const [balancer] = templates.all<Attributed>('AWS::ElasticLoadBalancingV2::LoadBalancer');
    const attributes = new Map(
      balancer?.properties.LoadBalancerAttributes?.map(({ Key, Value }) => [Key, Value] as const),
    );
    expect(Number(attributes.get('idle_timeout.timeout_seconds'))).toBeLessThan(SERVICES_KEEP_ALIVE);
    expect(attributes.get('routing.http2.enabled')).toBe('true');
  });

  it('S56: have what is secret from Secrets Manager, and no password in a variable', () => {
    const secret =
      /^(SERVICE_KEYS?|AUTH_KEY_SECRET|STRIPE_API_KEY|PAYMENT_WEBHOOK_SECRET|SESSION_SALT|VALKEY_URL|LETHE_ADMIN_PASSWORD)$/;
    const plain = containers.flatMap(({ Environment }) => Environment.map(({ Name }) => Name));
    expect(plain.filter((name) => secret.test(name))).toEqual([]);
    const given = new Set(containers.flatMap(({ Secrets = [] }) => Secrets.map(({ Name }) => Name)));
    expect([...given].filter((name) => !secret.test(name))).toEqual([]);
    expect(given.size).toBe(8);
    for (const container of containers)
      expect(JSON.stringify(environmentOf(container).get('DATABASE_URL'))).not.toMatch(/postgres:\/\/[^@]*:[^@]*@/);
  });

  it('S56: sign in to the database by tokens, as a user of their own, over verified TLS', () => {
    for (const { properties } of tasks.filter(({ properties: { Family } }) => Family.startsWith('lethe-'))) {
      const [container] = properties.ContainerDefinitions;
      const environment = container === undefined ? new Map<string, unknown>() : environmentOf(container);
      const name = /^lethe-([a-z]+)/.exec(properties.Family)?.[1];
      expect(environment.get('DATABASE_AUTH')).toBe('iam');
      expect(written(environment.get('DATABASE_URL'))).toMatch(
        new RegExp(`postgres://${name}@.*:5432/${name}\\?sslmode=verify-full`),
      );
    }
  });

  it('run the step before a deployment from the folder of the image, by the Node that it begins with', () => {
    const steps = tasks.filter(({ properties: { Family } }) => Family.endsWith('-migrate'));
    expect(steps.map(({ properties }) => properties.ContainerDefinitions[0]?.Command)).toEqual(
      storeServices.map(() => ['migrate.mjs']),
    );
  });

  it('are not reached from outside: neither tasks nor the balancer have public addresses', () => {
    const addresses = services.map(
      ({ NetworkConfiguration }) => NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp,
    );
    expect(new Set(addresses)).toEqual(new Set(['DISABLED']));
    const balancers = templates.all<{ Scheme: string }>('AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(balancers.map(({ properties }) => properties.Scheme)).toEqual(['internal']);
  });

  it('are taken back where a deployment fails', () => {
    const canary = stage !== 'dev';
    const groups = templates.all<{
      AutoRollbackConfiguration: { Enabled: boolean; Events: readonly string[] };
      AlarmConfiguration: { Alarms: readonly unknown[] };
      DeploymentConfigName: unknown;
    }>('AWS::CodeDeploy::DeploymentGroup');
    expect(groups.length).toBe(canary ? storeServices.length : 0);
    for (const { properties } of groups) {
      expect(properties.DeploymentConfigName).toBe('CodeDeployDefault.ECSCanary10Percent5Minutes');
      expect(properties.AutoRollbackConfiguration.Events).toEqual(
        expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
      );
      expect(properties.AlarmConfiguration.Alarms.length).toBe(4);
    }
    const rolling = services.filter(({ DeploymentController }) => DeploymentController?.Type !== 'CODE_DEPLOY');
    for (const { DeploymentConfiguration } of rolling)
      expect(DeploymentConfiguration?.DeploymentCircuitBreaker?.Rollback).toBe(true);
  });

  it('come and go with requests and CPU, and workers with the age of what waits and the lag of streams', () => {
    const policies = templates.all<{ PolicyType: string }>('AWS::ApplicationAutoScaling::ScalingPolicy');
    const tracking = policies.filter(({ properties }) => properties.PolicyType === 'TargetTrackingScaling');
    expect(tracking.length).toBe(2 * storeServices.length);
    const text = templates.text('services');
    for (const { name } of storeServices) expect(text).toContain(`"Value":"lethe-${name}"`);
    expect(text).toContain('GetRecords.IteratorAgeMilliseconds');
  });
});
