// The console: asks the balancer how the store is, and, once signed in, the orders service for the last orders.
import {
  beginSignIn,
  completeSignIn,
  fetchSignedIn,
  hasSignInPage,
  signInWithPassword,
  signOut,
  signedIn,
} from './sign-in.js';

const EVERY_MS = 1000;
/** How a state of an order is shown; the others as plain text. */
const look = { confirmed: 'good', shipped: 'good', delivered: 'good', rejected: 'bad' };
const byId = (id) => document.getElementById(id);
let page = true;

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

async function showOrders() {
  if (!signedIn()) return;
  const answer = await fetchSignedIn('/orders?scope=all&limit=10');
  if (answer.status === 401) showSession('You were signed out: sign in again.');
  if (answer.status === 403) showSession('Only an admin sees every order.');
  if (!answer.ok) return;
  const { items } = await answer.json();
  fill(
    'orders',
    items.map(({ id, placedAt, status, total }) => [
      cell(id),
      cell(new Date(placedAt).toLocaleString()),
      cell(status, look[status] ?? ''),
      cell(money(total), 'number'),
    ]),
  );
}

function showSession(fault = '') {
  byId('sign-in').hidden = signedIn() || !page;
  byId('password-sign-in').hidden = signedIn() || page;
  byId('sign-out').hidden = !signedIn();
  byId('orders-table').hidden = !signedIn();
  byId('sign-in-fault').textContent = fault;
}

async function attempt(action) {
  try {
    await action();
    showSession();
  } catch (error) {
    showSession(error.message);
  }
}

byId('sign-in').addEventListener('click', () => void attempt(beginSignIn));
byId('password-sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const fields = new FormData(event.currentTarget);
  event.currentTarget.reset();
  void attempt(() => signInWithPassword(fields.get('email'), fields.get('password')));
});
byId('sign-out').addEventListener('click', () => void attempt(signOut));
await attempt(async () => {
  page = await hasSignInPage();
  await completeSignIn();
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
