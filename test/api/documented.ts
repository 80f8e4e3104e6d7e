/** Answers against what the API's document says of them. */
import { Compile } from 'typebox/compile';
import { expect } from 'vitest';
import { ROUTES } from '../../src/api/routes/index.js';
import type { Answer } from './served.js';

/** The body fits what the route's document says of it. */
export function expectDocumented(path: string, answer: Answer): void {
  const route = ROUTES.find((each) => each.method === 'GET' && each.path === path);
  const schema = route?.answers[200]?.schema;
  if (schema === undefined) throw new Error(`${path} documents no body`);
  expect(answer.status).toBe(200);
  expect(Compile(schema).Errors(answer.body)).toEqual([]);
}
