import { connect } from 'node:net';
import { once } from 'node:events';
import { MeasurementError } from '../cost.errors.js';

/** How many commands the server has carried out since it started. Throws a {@link MeasurementError}. */
export async function valkeyCommands(url: string): Promise<number> {
  const { hostname, port, password } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port || 6379) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5_000) });
    const login = password === '' ? '' : `AUTH ${decodeURIComponent(password)}\r\n`;
    socket.end(`${login}INFO stats\r\nQUIT\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    const count = /total_commands_processed:(\d+)/.exec(text)?.[1];
    if (count === undefined) throw new MeasurementError('Valkey does not tell how many commands it has carried out');
    return Number(count);
  } finally {
    socket.destroy();
  }
}
