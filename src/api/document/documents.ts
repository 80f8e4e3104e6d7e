/** The documents that are written to docs/ and served by the hub, by the name of their file. */
import { ROUTES } from '../routes/index.js';
import { asyncApiDocument } from './asyncapi.js';
import type { Json } from './named.js';
import { openApiDocument } from './openapi.js';

export function documents(
  version: string,
): Readonly<Record<'openapi.json' | 'asyncapi.json', Json>> {
  return {
    'openapi.json': openApiDocument(ROUTES, version),
    'asyncapi.json': asyncApiDocument(version),
  };
}
