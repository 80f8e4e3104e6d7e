/**
 * I1 and I2: a key has one effect and one answer, however often it was sent; every effect that was acknowledged is there once,
 * as asked, and nothing is there that was not.
 */
import { isDeepStrictEqual } from 'node:util';
import { wrote, type Answer, type Sending } from '../random-traffic/journal.js';
import { ackedCommits, newIds, type AckedCommit } from './commits.js';
import { numberIn, textIn, type BranchRecords, type Checker, type Evidence } from './evidence.js';
import { foldLines } from './line-fold.js';

/** A repeated request may be put off; anything else than its first answer is wrong. */
const PUT_OFF: readonly string[] = [
  'idempotency_in_progress',
  'storage_unavailable',
  'overloaded',
  'rate_limited',
  'draining',
  'forbidden',
];

const ORDER_TABLES = ['order_header', 'order_line', 'order_payment', 'order_adjustment'] as const;

export class ExactlyOnceChecker implements Checker {
  readonly #evidence: Evidence;

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  findings(): readonly string[] {
    const { sendings, branches } = this.#evidence;
    const findings = answers(sendings);
    for (const [branchId, records] of branches) {
      const commits = ackedCommits(sendings, branchId);
      findings.push(
        ...presence(commits, records),
        ...foldLines(commits, records),
        ...payments(commits, records),
        ...numbers(records),
      );
    }
    return findings;
  }
}

/** An acknowledgement as every repetition must give it. */
function kept(answer: Answer): unknown {
  if (answer.type !== 'ack') return null;
  const { id: _id, replayed: _replayed, ...rest } = answer;
  return rest;
}

function answers(sendings: readonly Sending[]): string[] {
  const findings: string[] = [];
  const first = new Map<Sending['request'], Answer>();
  const fresh = new Map<Sending['request'], number>();
  for (const { request, answer, afterAck } of sendings) {
    if (answer === null) continue;
    if (answer.type === 'error') {
      if (afterAck && !PUT_OFF.includes(answer.code)) {
        findings.push(`${request.key}: told ${answer.code} after it was acknowledged`);
      }
      continue;
    }
    const known = first.get(request);
    if (!wrote(answer) && known === undefined) continue;
    if (answer.replayed !== true) fresh.set(request, (fresh.get(request) ?? 0) + 1);
    if (known === undefined) first.set(request, answer);
    else if (!isDeepStrictEqual(kept(known), kept(answer))) {
      findings.push(`${request.key}: two answers, ${tell(known)} and ${tell(answer)}`);
    }
  }
  for (const [{ key }, times] of fresh) {
    if (times > 1) findings.push(`${key}: carried out ${String(times)} times`);
  }
  const contents = new Map<string, string>();
  for (const request of first.keys()) {
    const id = `${request.branchId} ${request.key}`;
    if (contents.has(id)) findings.push(`${request.key}: stands for two commands`);
    contents.set(id, request.name);
  }
  return findings;
}

function tell(answer: Answer): string {
  return JSON.stringify(kept(answer));
}

/** The records that commits made, and those that are there. */
function presence(commits: readonly AckedCommit[], { orders }: BranchRecords): string[] {
  const findings: string[] = [];
  const rows = {
    order_header: orders.map(({ header }) => header),
    order_line: orders.flatMap(({ lines }) => lines),
    order_payment: orders.flatMap((order) => order.payments),
    order_adjustment: orders.flatMap(({ adjustments }) => adjustments),
  };
  for (const table of ORDER_TABLES) {
    const made = new Map<string, string>();
    for (const commit of commits) {
      for (const id of newIds(commit, table)) {
        if (made.has(id)) findings.push(`${table} ${id} was made twice`);
        made.set(id, commit.request.key);
      }
    }
    const there = new Set<string>();
    for (const { id } of rows[table]) {
      if (there.has(id)) findings.push(`${table} ${id} is there twice`);
      there.add(id);
      if (!made.has(id)) findings.push(`${table} ${id} is there, and nobody was told`);
    }
    for (const [id, key] of made) {
      if (!there.has(id)) findings.push(`${table} ${id}, acknowledged as ${key}, is not there`);
    }
  }
  return findings;
}

/** Each payment as it was asked for. */
function payments(commits: readonly AckedCommit[], { orders }: BranchRecords): string[] {
  const rows = new Map(orders.flatMap((order) => order.payments).map((row) => [row.id, row]));
  return commits.flatMap((commit) => {
    const { name, payload, key } = commit.request;
    if (name !== 'payment.add' && name !== 'payment.refund') return [];
    const [id = ''] = newIds(commit, 'order_payment');
    const row = rows.get(id);
    const isRight =
      row !== undefined &&
      row['kind'] === (name === 'payment.add' ? 'payment' : 'refund') &&
      row['amount'] === payload['amount'] &&
      row['tip'] === (payload['tip'] ?? 0);
    return isRight ? [] : [`${key}: payment ${id} is not what was asked`];
  });
}

/** One order number, one receipt. */
function numbers({ orders }: BranchRecords): string[] {
  const seen = new Map<string, string>();
  return orders.flatMap(({ header }) => {
    const number = `${textIn(header, 'business_date')} ${String(numberIn(header, 'number'))}`;
    const other = seen.get(number);
    seen.set(number, header.id);
    return other === undefined ? [] : [`${header.id} and ${other} bear the number ${number}`];
  });
}
