/**
 * A process that writes to a file storage until it is killed, or as often as it is told. Prints the number of each write once
 * its promise has resolved. Arguments: file, number of the first write, how many.
 */
import { writeSync } from 'node:fs';
import { fileStorage } from '../../../dist/client/node.js';

const [path, first, count] = process.argv.slice(2);
const KEYS = 5;

const storage = await fileStorage(path);
for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  const keys = Array.from({ length: KEYS }, (_, index) => [`key-${index}`, number]);
  await storage.write('together', new Map(keys));
  await storage.append('queue', number);
  await storage.update('counts', 'appended', (held) => (held ?? 0) + 1);
  writeSync(1, `${number}\n`);
}
await storage.close();
