/** Looks for texts in the files of a directory, byte by byte: what is erased must stand nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `name of the file: text` for each text that a file holds. */
export function textsIn(directory: string, texts: readonly string[]): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      return texts.filter((text) => bytes.includes(text)).map((text) => `${name}: ${text}`);
    });
}
