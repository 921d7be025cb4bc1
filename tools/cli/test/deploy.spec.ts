import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cli } from './cli.fixture.js';
import { CloneFixture } from './clone.fixture.js';
import { ReadyAccount } from './ready-account.js';

const ACCOUNT = '123456789012';
const SAID = `--account ${ACCOUNT} --domain shop.example --hosted-zone-id Z1 --hosted-zone-name example`;
const REGISTRY = `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com`;
const STAGE =
  '-c stage=production -c account=123456789012 -c domain=shop.example -c hostedZoneId=Z1 -c hostedZoneName=example -c region=eu-west-1';

interface Steps {
  readonly steps: readonly {
    readonly step: string;
    readonly commands: readonly string[];
    readonly puts: readonly { readonly what: string; readonly where: string }[];
  }[];
}

describe('lethe deploy', () => {
  const before = { ...process.env };
  let cli: Cli;
  let clone: CloneFixture;
  let account: ReadyAccount;

  beforeEach(async () => {
    cli = new Cli();
    clone = new CloneFixture(cli.dir);
    account = new ReadyAccount(ACCOUNT);
    Object.assign(process.env, await account.start());
    // What a person has set goes to every program, and is none of what a step says.
    delete process.env['AWS_REGION'];
  });
  afterEach(() => {
    cli.close();
    account.close();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  const dryRun = async (): Promise<Steps['steps']> => {
    const { out } = await cli.run(`deploy ${SAID} --dry-run --json`);
    return (JSON.parse(out) as Steps).steps;
  };

  it('prints the steps with their commands, and runs nothing', async () => {
    account.close();

    const { code, out, err } = await cli.run(`deploy ${SAID} --dry-run`);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/^\d \w+/gm)).toEqual([
      '1 preconditions',
      '2 bootstrap',
      '3 functions',
      '4 registry',
      '5 images',
      '6 stores',
      '7 secrets',
      '8 stage',
    ]);
    const commands = out.split('\n').filter((line) => /^ {4}.*\bnode \S/.test(line));
    const delivery = 'node tools/delivery/dist/main.js';
    const manifest = 'deploy/production/images.json';
    const cdk = 'node ../../node_modules/aws-cdk/bin/cdk deploy';
    expect(commands.map((line) => line.trim())).toEqual([
      `AWS_REGION=eu-west-1 ${delivery} images --check`,
      `AWS_REGION=eu-west-1 ${delivery} secrets --check`,
      `node node_modules/aws-cdk/bin/cdk bootstrap aws://${ACCOUNT}/eu-west-1 aws://${ACCOUNT}/us-east-1`,
      'node node_modules/nx/dist/bin/nx.js run @lethe/functions:bundle --output-style=static',
      `(cd apps/infra && ${cdk} '--app=node dist/delivery-main.js' --all --require-approval=never -c door=none -c account=${ACCOUNT} -c region=eu-west-1)`,
      `AWS_REGION=eu-west-1 REGISTRY=${REGISTRY} RECORDS_BUCKET=lethe-delivery-${ACCOUNT}-eu-west-1 ${delivery} images --base 4b825dc642cb6eb9a060e54bf8d69288fbee4904 --out ${manifest}`,
      `(cd apps/infra && ${cdk} lethe-production-keys lethe-production-network lethe-production-data --require-approval=never ${STAGE})`,
      `AWS_REGION=eu-west-1 ${delivery} secrets`,
      `AWS_REGION=eu-west-1 CDK_CONTEXT='account=${ACCOUNT} domain=shop.example hostedZoneId=Z1 hostedZoneName=example region=eu-west-1' SMOKE_ORIGIN=https://shop.example ${delivery} deploy --stage production --images ${manifest}`,
    ]);
    expect(clone.taken()).toEqual([]);
  });

  it('prints what would be put where', async () => {
    const puts = (await dryRun()).flatMap((step) => step.puts.map(({ what, where }) => `${what} -> ${where}`));

    expect(puts).toEqual(
      expect.arrayContaining([
        `image of orders -> ${REGISTRY}/lethe/orders`,
        'a new ES256 key of functions -> lethe/functions/service-key',
        'the public parts of these keys -> lethe/service-keys',
        '$STRIPE_API_KEY -> lethe/orders/stripe-key',
        '$PAYMENT_WEBHOOK_SECRET -> lethe/orders/webhook-secret',
        expect.stringMatching(
          /^index\.html \(text\/html; .*\) -> s3:\/\/lethe-web-123456789012-eu-west-1\/index\.html$/,
        ),
      ]),
    );
  });

  it('runs what the dry run prints, in that order, and tells each step', async () => {
    const expected = (await dryRun()).flatMap(({ commands }) => commands);

    const { code, out, err } = await cli.run(`deploy ${SAID}`);

    expect({ code, err }).toMatchObject({ code: 0 });
    expect(clone.taken()).toEqual(expected);
    expect(err.match(/^step .*: done$/gm)?.length).toBe(8);
    expect(out).toContain('https://shop.example is in production');
  });

  it('ends at the step that fails, names it and its cause, and goes on when it is run again', async () => {
    clone.failAt('secrets');
    const failed = await cli.run(`deploy ${SAID}`);
    const first = clone.taken();
    clone.failAt(undefined);
    account.bootstrapped = true;
    const { code, out } = await cli.run(`deploy ${SAID} --json`);

    expect(failed.code).toBe(1);
    expect(failed.err).toMatch(
      /\nlethe: step 7 of 8, secrets, failed: .* secrets ended with 1: delivery: the cause\nlethe: run the same command again when that is mended: it goes on where it ended\n$/,
    );
    expect(first.at(-1)).toMatch(/main\.js secrets$/);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      account: ACCOUNT,
      steps: [
        { step: 'preconditions', outcome: 'done' },
        { step: 'bootstrap', outcome: 'taken before' },
        { step: 'functions', outcome: 'done' },
        { step: 'registry', outcome: 'taken before' },
        { step: 'images', outcome: 'done' },
        { step: 'stores', outcome: 'done' },
        { step: 'secrets', outcome: 'done' },
        { step: 'stage', outcome: 'done' },
      ],
    });
    expect(clone.taken().filter((line) => /bootstrap|delivery-main/.test(line))).toEqual([]);
  });

  it.each<[string, string, () => void]>([
    ['credentials are of another account', 'the stage is in 210987654321', () => undefined],
    ['something is not committed', '1 files are not committed', () => clone.write('uncommitted', '')],
    ['a secret cannot be made up', 'delivery: the cause', () => clone.failAt('secrets --check')],
  ])('begins nothing where %s', async (_, fault, prepare) => {
    prepare();
    const said = fault.includes('stage is in') ? SAID.replace(ACCOUNT, '210987654321') : SAID;

    const { code, err } = await cli.run(`deploy ${said}`);

    expect(code).toBe(1);
    expect(err).toContain('lethe: step 1 of 8, preconditions, failed: ');
    expect(err).toContain(fault);
    expect(clone.taken().filter((line) => !line.endsWith('--check'))).toEqual([]);
  });

  it.each([
    ['deploy', 'say --account, --domain, --hosted-zone-id, --hosted-zone-name: see lethe deploy --help'],
    [`deploy ${SAID} --stage moon`, 'there is no stage moon: dev, staging, production'],
    [`deploy ${SAID} --account 12`, '--account is not of 12 digits'],
    [`deploy ${SAID} --domain shop.test`, '--domain: shop.test is not in the zone example'],
    [`deploy ${SAID} --region europe`, '--region: europe is no region'],
  ])('says in a line what is wrong with: %s', async (line, fault) => {
    expect(await cli.run(line)).toEqual({ code: 1, out: '', err: `lethe: ${fault}\n` });
  });
});
