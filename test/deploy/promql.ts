/** Finds what a PromQL expression names, and where it is wrong. */
import { parser } from '@prometheus-io/lezer-promql';
import type { SyntaxNode } from '@lezer/common';

export interface Selected {
  readonly metric: string;
  readonly labels: ReadonlyMap<string, string>;
}

export interface Expression {
  readonly isBroken: boolean;
  readonly selected: readonly Selected[];
  /** Labels of `by` and `without`. */
  readonly grouping: readonly string[];
}

export function readExpression(text: string): Expression {
  const tree = parser.parse(text);
  const selected: Selected[] = [];
  const grouping: string[] = [];
  let isBroken = text.trim() === '';
  const textOf = (node: SyntaxNode | null): string =>
    node === null ? '' : text.slice(node.from, node.to);
  tree.iterate({
    enter({ type, node }) {
      if (type.isError) isBroken = true;
      if (type.name === 'VectorSelector') selected.push(selectedBy(node, textOf));
      if (type.name === 'GroupingLabels') {
        grouping.push(...node.getChildren('LabelName').map((label) => textOf(label)));
      }
    },
  });
  return { isBroken, selected, grouping };
}

function selectedBy(node: SyntaxNode, textOf: (node: SyntaxNode | null) => string): Selected {
  const labels = new Map<string, string>();
  for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []) {
    const value = textOf(matcher.getChild('StringLiteral')).slice(1, -1);
    labels.set(textOf(matcher.getChild('LabelName')), value);
  }
  return { metric: textOf(node.getChild('Identifier')), labels };
}
