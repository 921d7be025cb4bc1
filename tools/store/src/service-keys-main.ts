import { makeServiceKey } from '@lethe/identity';
import { FUNCTIONS, storeServices } from './services.js';

// Prints the variables that docker/compose.yaml wants for calls between services: eval "$(node service-keys-main.js)".

const names = [...storeServices.map(({ name }) => name), FUNCTIONS];
const keys = names.map((name) => ({ name, ...makeServiceKey(name) }));
const lines = [
  `export SERVICE_KEYS='${JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) })}'`,
  ...keys.map(({ name, privateJwk }) => `export ${name.toUpperCase()}_SERVICE_KEY='${JSON.stringify(privateJwk)}'`),
];
process.stdout.write(`${lines.join('\n')}\n`);
