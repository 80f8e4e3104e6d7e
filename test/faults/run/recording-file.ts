/** Recordings in files, so that an image can be built again by its number: no two runs of a hub take the same steps. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Recording } from '../recording/recorder.js';

export function writeRecording(path: string, recording: Recording): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, serialize(recording));
}

export function readRecording(path: string): Recording {
  return deserialize(readFileSync(path)) as Recording;
}
