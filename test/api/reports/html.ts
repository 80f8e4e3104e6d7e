/** Looks at a page as a careful reader would: every tag closed in order, and what tables and headings say. */

const VOID_TAGS: ReadonlySet<string> = new Set(['meta', 'rect', 'line', 'polyline']);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[\w-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g;

export interface Page {
  /** What is not well nested, or no markup at all. */
  readonly faults: readonly string[];
  /** Levels of the headings, in order. */
  readonly headings: readonly number[];
  /** The inside of each table. */
  readonly tables: readonly string[];
  /** What is read, but for what stands in `bdi`: the page's own words. */
  readonly ownWords: string;
  readonly text: string;
}

export function readPage(html: string): Page {
  const [head = '', body = ''] = html.replace('<!doctype html>', '').split('<body>');
  const tags = [...html.replace(/<style>.*<\/style>/s, '').matchAll(TAG)];
  return {
    faults: [...nestingFaults(tags), ...strayFaults(body)],
    headings: tags
      .filter(([, closing, name = '']) => closing === '' && /^h[1-6]$/.test(name))
      .map(([, , name = '']) => Number(name.slice(1))),
    tables: [...body.matchAll(/<table>(.*?)<\/table>/gs)].map(([, inside = '']) => inside),
    ownWords: textOf(
      `${head.replace(/<style>.*<\/style>/s, '')}${body}`.replaceAll(/<bdi>.*?<\/bdi>/gs, ' '),
    ),
    text: textOf(body),
  };
}

function nestingFaults(tags: readonly RegExpExecArray[]): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  for (const [tag, closing, name = '', , selfClosed] of tags) {
    if (selfClosed === '/' || VOID_TAGS.has(name)) continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) faults.push(`${tag} closes another`);
  }
  return [...faults, ...open.map((name) => `<${name}> is not closed`)];
}

/** A bracket or an ampersand that belongs to no tag and no entity. */
function strayFaults(body: string): string[] {
  const rest = body.replaceAll(TAG, '').replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '');
  return [...rest.matchAll(/[<>&].{0,20}/g)].map(([stray]) => `stray ${stray}`);
}

function textOf(html: string): string {
  return html.replaceAll(TAG, ' ').replaceAll(/\s+/g, ' ');
}
