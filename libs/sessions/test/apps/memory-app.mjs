// An application that knows nothing of this library: sessions in the memory of its process. It says its port.
import express from 'express';
import session from 'express-session';

const app = express();
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 } }));
app.post('/sign-in/:name', (request, response) => {
  request.session.visitor = request.params.name;
  response.end();
});
app.get('/me', (request, response) => response.json({ visitor: request.session.visitor ?? 'anonymous' }));
const server = app.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
