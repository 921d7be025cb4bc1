// The console: asks the balancer how the store is, and, once signed in, the orders service for the last orders.
const EVERY_MS = 1000;
const byId = (id) => document.getElementById(id);
let session;

function cell(content, className = '') {
  const td = document.createElement('td');
  td.className = className;
  td.textContent = content;
  return td;
}

function fill(id, rows) {
  byId(id).replaceChildren(
    ...rows.map((cells) => {
      const tr = document.createElement('tr');
      tr.append(...cells);
      return tr;
    }),
  );
}

function money({ amount, currency }) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

async function showStatus() {
  const answer = await fetch('/console/status');
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { replicas, queues } = await answer.json();
  fill(
    'replicas',
    replicas.map(({ service, id, state, pid, requests, restarts }) => [
      cell(service),
      cell(id),
      cell(state, state === 'ready' ? 'good' : 'bad'),
      cell(pid ?? '', 'number'),
      cell(requests, 'number'),
      cell(restarts, 'number'),
    ]),
  );
  fill(
    'queues',
    queues.map(({ name, waiting, inFlight, deadLetters }) => [
      cell(name),
      cell(waiting, 'number'),
      cell(inFlight, 'number'),
      cell(deadLetters, deadLetters > 0 ? 'number bad' : 'number'),
    ]),
  );
  const ready = replicas.filter(({ state }) => state === 'ready').length;
  byId('state').textContent = `${ready} of ${replicas.length} replicas ready · ${new Date().toLocaleTimeString()}`;
}

async function signIn(email, password) {
  const answer = await fetch('/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? body.title);
  session = body;
}

async function refresh() {
  const answer = await fetch('/auth/refresh', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken: session.refreshToken }),
  });
  session = answer.ok ? await answer.json() : undefined;
}

async function showOrders() {
  if (!session) return;
  const answer = await fetch('/orders?scope=all&limit=10', {
    headers: { authorization: `Bearer ${session.accessToken}` },
  });
  if (answer.status === 401) return refresh();
  if (answer.status === 403) throw new Error('Only an admin sees every order.');
  if (!answer.ok) return;
  const { items } = await answer.json();
  fill(
    'orders',
    items.map(({ id, placedAt, status, total }) => [
      cell(id),
      cell(new Date(placedAt).toLocaleString()),
      cell(status, status === 'confirmed' ? 'good' : status === 'rejected' ? 'bad' : ''),
      cell(money(total), 'number'),
    ]),
  );
}

function showSession(fault = '') {
  byId('sign-in').hidden = session !== undefined;
  byId('orders-table').hidden = session === undefined;
  byId('sign-in-fault').textContent = fault;
}

async function openOrders(form) {
  try {
    await signIn(form.get('email'), form.get('password'));
    await showOrders();
    showSession();
  } catch (error) {
    session = undefined;
    showSession(error.message);
  }
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  void openOrders(new FormData(event.target));
});

for (;;) {
  try {
    await showStatus();
    await showOrders();
  } catch (error) {
    byId('state').textContent = `The store does not answer: ${error.message}`;
  }
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
