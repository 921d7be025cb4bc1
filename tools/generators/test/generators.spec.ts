import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { GeneratorError } from '../src/generators.errors.js';
import { libraryGenerator } from '../src/library.generator.js';
import { type MessageOptions, messageGenerator } from '../src/message.generator.js';
import { serviceGenerator } from '../src/service.generator.js';
import { GeneratedWorkspace } from './generated-workspace.js';

// Compilers and linters run beside other tests on two cores.
jest.setTimeout(180_000);

const workspace = new GeneratedWorkspace();
afterAll(() => workspace.remove());

const passes = { code: 0 };

describe('the library generator', () => {
  beforeAll(() => {
    workspace.generate(libraryGenerator, { name: 'price-lists', layer: 'platform' });
    workspace.link('libs/price-lists');
  });

  it('makes a library that compiles, builds and passes its first test', async () => {
    expect(await workspace.compile('libs/price-lists')).toEqual({ code: 0, output: '' });
    expect(workspace.exists('libs/price-lists/dist/index.d.ts')).toBe(true);
    expect((await workspace.test('libs/price-lists')).output).toContain('1 passed, 1 total');
  });

  it('makes one that the formatter and the linter have nothing to say about', async () => {
    expect(await workspace.tidy('libs/price-lists')).toMatchObject(passes);
  });

  it('refuses a name that is taken, or none', () => {
    const attempt = (name: string) => () => workspace.generate(libraryGenerator, { name });

    expect(attempt('kernel')).toThrow('libs/kernel exists');
    expect(attempt('Price_Lists')).toThrow(GeneratorError);
  });

  it('is found by Nx under its name, with its options', async () => {
    const run = await workspace.nx('@lethe/generators:library', 'leases', '--layer=base', '--description=Leases.');

    expect(run).toMatchObject(passes);
    expect(workspace.read('libs/leases/package.json')).toContain('"layer:base"');
  });
});

describe('the service and message generators', () => {
  beforeAll(() => {
    const owner = 'gift-cards';
    workspace.generate(serviceGenerator, { name: owner });
    workspace.generate(messageGenerator, { name: 'card-issued', owner, to: 'orders', description: 'It was issued.' });
    workspace.generate(messageGenerator, { name: 'issue-card', owner, kind: 'command', from: 'orders' });
    workspace.generate(messageGenerator, { name: 'order-archived', owner: 'orders' });
    workspace.link('apps/gift-cards');
  });

  it('make contracts that compile, whose services fit together and whose samples are read', async () => {
    expect(await workspace.compile('libs/contracts')).toEqual({ code: 0, output: '' });

    const samples = await workspace.test('libs/contracts', 'golden-messages');

    expect(samples).toMatchObject(passes);
    const { store, CardIssued } = await import(`${workspace.root}/libs/contracts/dist/index.js`);
    expect(CardIssued.type).toBe('gift-cards.card-issued.v1');
    expect(store.services.at(-1)).toMatchObject({
      name: 'gift-cards',
      publishes: [{ type: 'gift-cards.card-issued.v1', description: 'It was issued.' }],
      handles: [{ type: 'gift-cards.issue-card.v1' }],
    });
  });

  it('make a service that compiles, builds and passes its first test', async () => {
    expect(await workspace.compile('apps/gift-cards')).toEqual({ code: 0, output: '' });
    expect(workspace.exists('apps/gift-cards/dist/main.js')).toBe(true);
    expect((await workspace.test('apps/gift-cards')).output).toContain('2 passed, 2 total');
  });

  it('make what the formatter and the linter have nothing to say about', async () => {
    expect(await workspace.tidy('apps/gift-cards', 'libs/contracts/src', 'libs/contracts/test')).toMatchObject(passes);
  });

  it('refuse a message that exists, a service that does not, and a way that is none', () => {
    const attempt = (options: MessageOptions) => () => workspace.generate(messageGenerator, options);

    expect(attempt({ name: 'order-placed', owner: 'orders' })).toThrow('orders.order-placed.v1 exists');
    expect(attempt({ name: 'sent', owner: 'pigeons' })).toThrow('there is no pigeonsService');
    expect(attempt({ name: 'sent', owner: 'orders', from: 'auth' })).toThrow('an event comes from its owner');
    expect(attempt({ name: 'send', owner: 'orders', kind: 'command', to: 'auth' })).toThrow(
      'a command goes to its owner',
    );
    expect(() => workspace.generate(serviceGenerator, { name: 'orders' })).toThrow('apps/orders exists');
  });
});
