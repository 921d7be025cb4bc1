import { describe, expect, it } from '@jest/globals';
import { childTrace, runInTrace } from '@lethe/kernel';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

function arrange() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const logger = createLogger({ service: 'demo', instance: 'demo-1', level: 'debug', destination: { write } });
  return { lines, logger };
}

describe('createLogger', () => {
  it('R35: names the trace at hand, the service and the replica, in UTC', () => {
    const { lines, logger } = arrange();
    const trace = childTrace();

    runInTrace(trace, () => logger.info('hello'));

    const { traceId, spanId } = trace;
    expect(lines).toMatchObject([
      { level: 'info', service: 'demo', instance: 'demo-1', traceId, spanId, msg: 'hello' },
    ]);
    expect(lines[0]?.['time']).toMatch(/Z$/);
  });

  it('S60: hides secrets by name', () => {
    const { lines, logger } = arrange();

    logger.info(
      { authorization: 'Bearer x', body: { password: 'hunter2' }, request: { headers: { cookie: 'c' } } },
      'x',
    );

    expect(JSON.stringify(lines)).not.toMatch(/Bearer x|hunter2|"c"/);
  });

  it('S60: keeps a line a line, whatever is in it', () => {
    const { lines, logger } = arrange();

    logger.info({ name: 'a\r\n{"level":"fatal"}' }, 'b\r\nc');

    expect(lines).toHaveLength(1);
  });
});

describe('NestLogger', () => {
  it('hands on level, context and error', () => {
    const { lines, logger } = arrange();
    const nest = new NestLogger(logger);

    nest.log('started', 'Nest');
    nest.error('failed', 'Error: at x', 'Router');
    nest.error(new Error('boom'));

    expect(lines).toMatchObject([
      { level: 'debug', msg: 'started', context: 'Nest' },
      { level: 'error', msg: 'failed', context: 'Router', stack: 'Error: at x' },
      { level: 'error', msg: 'boom', err: { message: 'boom' } },
    ]);
  });
});
