import { writeFileSync } from 'node:fs';
import { dataFile } from '../data/read-data.js';
import { measureProfile } from './measure.js';

// Measures the profile anew and writes it over the committed one.

const profile = await measureProfile({
  visits: 200,
  orders: 40,
  together: 200,
  buyers: 16,
  idleSeconds: 20,
  onPhase: (phase) => process.stderr.write(`${phase}\n`),
});
const file = process.argv[2] ?? dataFile('profile.json');
writeFileSync(file, `${JSON.stringify(profile, undefined, 2)}\n`);
process.stderr.write(`wrote ${file}\n`);
