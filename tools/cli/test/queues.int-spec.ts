import { OrderPlaced } from '@lethe/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Cli, Mailbox } from './cli.fixture.js';

const QUEUE = 'lethe-catalog';
const DEAD = 'lethe-catalog-dlq';

describe('lethe queues', () => {
  const cli = new Cli();
  const mailbox = new Mailbox();
  const environment = { ...process.env };
  beforeAll(async () => {
    cli.pretendToRun(process.env);
    await cli.run('topology apply');
  });
  afterAll(() => {
    Object.assign(process.env, environment);
    cli.close();
    mailbox.close();
  });

  it('lists how full the queues are and, with a filter, the dead letters that it fits', async () => {
    await mailbox.bury(DEAD, 'listed');

    const plain = await cli.run('queues list');
    const filtered = await cli.run('queues list --reason listed --json');

    expect(plain).toMatchObject({ code: 0, err: '' });
    expect(plain.out).toMatch(/queue +waiting +in flight +delayed +dead letters\n/);
    const { queues }: { queues: { name: string; matching: { reason: string; count: number }[] }[] } = JSON.parse(
      filtered.out,
    );
    expect(queues.find(({ name }) => name === QUEUE)?.matching).toEqual([
      expect.objectContaining({ type: OrderPlaced.type, reason: 'listed', count: 1 }),
    ]);
  });

  it('peeks at dead letters for people and for machines, and gives them back', async () => {
    const id = await mailbox.bury(DEAD, 'peeked');

    const people = await cli.run('queues peek catalog --reason peeked');
    const machine = await cli.run(`queues peek ${DEAD} --id ${id} --limit 1 --json`);

    expect(people.out).toContain(`${OrderPlaced.type}  peeked`);
    expect(people.out).toContain('data.n is missing');
    expect(JSON.parse(machine.out)).toMatchObject({ queue: DEAD, messages: [{ id, reason: 'peeked' }] });
  });

  it('redrives what the filters fit, with a bar in a terminal; a dry run only tells', async () => {
    const ids = [await mailbox.bury(DEAD, 'redriven'), await mailbox.bury(DEAD, 'redriven')];

    const dry = await cli.run('queues redrive catalog --reason redriven --dry-run');
    const young = await cli.run('queues redrive catalog --reason redriven --older-than 1h');
    const real = await cli.run('queues redrive catalog --reason redriven', true);

    expect(dry.out).toContain(`2 messages would go from ${DEAD} to ${QUEUE}`);
    expect(young.out).toContain('0 messages of 0 went');
    expect(real).toMatchObject({ code: 0 });
    expect(real.out).toContain(`2 messages of 2 went from ${DEAD} to ${QUEUE}`);
    expect(real.err).toMatch(/\r.*redriving .*█/);
    expect((await mailbox.take(QUEUE)).toSorted()).toEqual(ids);
  });

  it('purges nothing before it is told to, and names what it would drop', async () => {
    await mailbox.bury(DEAD, 'unwanted');

    const asked = await cli.run('queues purge catalog --reason unwanted');
    const still = await cli.run('queues purge catalog --reason unwanted --yes --json');
    const gone = await cli.run('queues purge catalog --reason unwanted --dry-run');

    expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('nothing was dropped: say --yes') });
    expect(asked.out).toMatch(/unwanted +1 /);
    expect(JSON.parse(still.out)).toMatchObject({ dropped: 1, tallies: [{ reason: 'unwanted', count: 1 }] });
    expect(gone).toMatchObject({ code: 0, out: expect.stringContaining('0 messages would be dropped') });
  });

  it.each([
    ['queues redrive nowhere', 'lethe: nowhere: '],
    ['queues peek lethe-analytics-dlq-dlq', 'lethe: lethe-analytics-dlq-dlq: '],
    ['queues purge nowhere --yes', 'lethe: nowhere: '],
    ['queues redrive catalog --to nowhere', 'lethe: nowhere: '],
    ['queues redrive catalog --older-than soon', 'a time such as 90s, 15m, 6h or 2d'],
    ['queues purge catalog --yes --limit 0', 'a whole number from 1'],
    ['queues redrive', 'missing required argument'],
    ['queues redrive catalog --al', 'unknown option'],
  ])('says what is wrong and does nothing: %s', async (line, complaint) => {
    const id = await mailbox.bury(DEAD, 'untouched');

    const { code, out, err } = await cli.run(line);

    expect([code === 0, out]).toEqual([false, '']);
    expect(err).toContain(complaint);
    expect(err).not.toMatch(/\n +at /);
    expect((await cli.run(`queues peek catalog --id ${id} --limit 1 --json`)).out).toContain(id);
  });

  it('does not take AWS for the store that runs here, nor the other way round', async () => {
    const elsewhere = new Cli();

    const { code, err } = await elsewhere.run('queues list');
    elsewhere.close();

    expect(code).toBe(1);
    expect(err).toBe('lethe: no store runs here: start one with npm start, or name AWS with --aws\n');
    expect(await cli.run('queues list --aws')).toMatchObject({ code: 0 });
  });
});
