/** The forms that a report is answered in over HTTP: JSON, CSV or a page, by `format` or else by what the client accepts. */
import { Type } from 'typebox';
import type { RouteAnswer } from '../route.js';
import { csvOf } from './csv.js';
import type { ReportDocument } from './document.js';
import { pageOf, pagePolicy } from './page.js';
import { PAPERS, type Paper } from './style.js';
import { LANGUAGES, type Language } from './words.js';

export const FORMATS = ['json', 'csv', 'html'] as const;
export type Format = (typeof FORMATS)[number];

const MEDIA_TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'text/html': 'html',
  'application/*': 'json',
  'text/*': 'html',
  '*/*': 'json',
};

/** Of every report's route. */
export const FORM_PARAMS = {
  format: Type.Optional(
    Type.Enum([...FORMATS], { description: 'default: by `Accept`, else JSON' }),
  ),
  paper: Type.Optional(Type.Enum([...PAPERS], { description: 'of a page; default a4' })),
  lang: Type.Optional(Type.Enum([...LANGUAGES], { description: 'of a page; default en' })),
};

/** Besides JSON. */
export const OTHER_TYPES = ['text/csv', 'text/html'] as const;

export interface AskedForm {
  readonly format?: Format | undefined;
  readonly paper?: Paper | undefined;
  readonly lang?: Language | undefined;
}

/** `documentOf` is called where the answer is no JSON. */
export function inForm(
  body: unknown,
  documentOf: () => ReportDocument,
  { accept, ...form }: AskedForm & { readonly accept: string | null },
): RouteAnswer {
  const format = form.format ?? accepted(accept);
  const headers = { vary: 'accept' };
  if (format === 'json') return { body, headers };
  const document = documentOf();
  if (format === 'csv') {
    const disposition = `attachment; filename="${fileName(document)}.csv"`;
    return {
      body: csvOf(document),
      headers: {
        ...headers,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': disposition,
      },
    };
  }
  const { paper = 'a4', lang: language = 'en' } = form;
  return {
    body: pageOf(document, { language, paper }),
    headers: {
      ...headers,
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': pagePolicy({ paper }),
    },
  };
}

/** Of the types that the client names the one that it likes best and that there is; JSON where there is none. */
function accepted(accept: string | null): Format {
  const wishes = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    return { format: MEDIA_TYPES[type], weight: q === undefined ? 1 : Number(q.slice(2)) };
  });
  const known = wishes.filter(({ format, weight }) => format !== undefined && weight > 0);
  // Of equal ones the first named.
  known.sort((a, b) => b.weight - a.weight);
  return known[0]?.format ?? 'json';
}

/** Of branch ids and dates alone, so that it needs no quoting: `sales-main-2026-05-01-2026-05-31`. */
function fileName({ name, parts }: ReportDocument): string {
  const [first, ...others] = parts;
  if (first === undefined) return name;
  const { branch, from, to } = first;
  const place = others.length === 0 ? branch.id : `${String(parts.length)}-branches`;
  return [name, place, from, ...(to === from ? [] : [to])].join('-').replaceAll(/[^\w.-]/g, '_');
}
