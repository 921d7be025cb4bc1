export { here } from './here.js';
