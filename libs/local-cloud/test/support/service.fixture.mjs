// A service as ReplicaSet runs it: serves on PORT, says who it is, drains on SIGTERM. MODE gives it faults.
import { createServer } from 'node:http';

const { PORT, INSTANCE_ID, MODE } = process.env;
if (MODE === 'refuses-configuration') process.exit(78);
if (MODE === 'crashes') process.exit(1);

const server = createServer((request, response) => {
  if (request.url === '/env') response.end(JSON.stringify(process.env));
  else response.writeHead(200, { 'x-instance': INSTANCE_ID }).end(INSTANCE_ID);
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${PORT}`));

process.on('SIGTERM', () => {
  if (MODE === 'hangs') return;
  server.close(() => {
    console.log('drained');
    process.exit(0);
  });
  server.closeIdleConnections();
});
