/** The wire, version 1: every message in both directions, as two unions tagged by `type`. docs/protocol.md explains each. */
import type { Durability } from '../base/durability.js';
import type { CurrentRecords, RefusalCode } from '../base/refusal.js';
import type { Expect } from '../domain/command.js';
import type { AnyRow, Role } from '../domain/rows.js';

export type Encoding = 'msgpack' | 'json';

/** The sub-protocols, by encoding. */
export const SUBPROTOCOLS = {
  msgpack: 'expeditor.v1.msgpack',
  json: 'expeditor.v1.json',
} as const satisfies Record<Encoding, string>;

// ---- client to hub

export interface HelloMessage {
  readonly type: 'hello';
  readonly id: string;
  readonly token: string;
  readonly client?: { readonly name: string; readonly version: string };
  readonly sessionId?: string;
}

export interface AuthMessage {
  readonly type: 'auth';
  readonly id: string;
  readonly token: string;
}

export interface SubscribeMessage {
  readonly type: 'subscribe';
  readonly id: string;
  readonly view: ViewName;
  readonly branchId: string;
  readonly station?: string;
  readonly since?: { readonly epoch: string; readonly version: number };
}

export interface UnsubscribeMessage {
  readonly type: 'unsubscribe';
  readonly id: string;
  readonly channel: string;
}

/** `payload` has been checked against the schema of the command `name`. */
export interface CommandMessage {
  readonly type: 'command';
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly branchId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expect?: Expect;
  readonly correlationId?: string;
  readonly clientAt?: number;
}

/** `params` has been checked against the schema of the query `name`. */
export interface QueryMessage {
  readonly type: 'query';
  readonly id: string;
  readonly name: QueryName;
  readonly branchId: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface ClientHeartbeat {
  readonly type: 'heartbeat';
  readonly versions: Readonly<Record<string, number>>;
  readonly queue?: { readonly length: number; readonly oldestAt: number | null };
}

export interface PingMessage {
  readonly type: 'ping';
  readonly id: string;
}

export type ClientMessage =
  | HelloMessage
  | AuthMessage
  | SubscribeMessage
  | UnsubscribeMessage
  | CommandMessage
  | QueryMessage
  | ClientHeartbeat
  | PingMessage;

// ---- names

export const VIEW_NAMES = ['orders', 'kitchen', 'board', 'shift', 'menu', 'devices'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

export const QUERY_NAMES = [
  'branch.get',
  'order.get',
  'order.list',
  'kitchen.recent',
  'shift.report',
  'report.summary',
  'report.sales',
  'report.discounts',
  'report.voids',
  'report.kitchen',
  'report.shifts',
] as const;
export type QueryName = (typeof QUERY_NAMES)[number];

// ---- hub to client

export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly branch_id: string;
  readonly device_id: string;
}

export interface WelcomeMessage {
  readonly type: 'welcome';
  readonly id: string;
  readonly sessionId: string;
  readonly epoch: string;
  readonly serverTime: number;
  readonly heartbeatMs: number;
  readonly durability: Durability;
  readonly principal: Principal;
  readonly limits: {
    readonly message_bytes_max: number;
    readonly subscriptions_max: number;
    readonly commands_in_flight_max: number;
    readonly commands_per_minute: number;
  };
}

/** A row of a view: a record without its internal columns, or with the view's columns only. */
export type ViewRow = Readonly<Partial<Record<string, unknown>>> & {
  readonly id: string;
  readonly version: number;
};

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface UpdatedRow {
  readonly id: string;
  readonly version: number;
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly patch?: readonly PatchOperation[];
}

export interface TableChanges {
  readonly inserted?: readonly ViewRow[];
  readonly updated?: readonly UpdatedRow[];
  readonly deleted?: readonly string[];
}

export type Changes = Readonly<Record<string, TableChanges>>;

export interface SnapshotMessage {
  readonly type: 'snapshot';
  readonly id?: string;
  readonly channel: string;
  readonly view: ViewName;
  readonly branchId: string;
  readonly epoch: string;
  readonly version: number;
  readonly serverTime: number;
  readonly tables: Readonly<Record<string, readonly ViewRow[]>>;
}

export interface SnapshotDeltaMessage {
  readonly type: 'snapshot:delta';
  readonly id?: string;
  readonly channel: string;
  readonly epoch: string;
  readonly baseVersion: number;
  readonly newVersion: number;
  readonly serverTime: number;
  readonly changes: Changes;
}

export interface DeltaMessage {
  readonly type: 'delta';
  readonly channel: string;
  readonly baseVersion: number;
  readonly newVersion: number;
  readonly changes: Changes;
}

export interface AckMessage {
  readonly type: 'ack';
  readonly id: string;
  readonly key?: string;
  readonly version?: number;
  readonly durability?: Durability;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly replayed?: true;
}

export interface ErrorMessage {
  readonly type: 'error';
  readonly id?: string;
  readonly key?: string;
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly details?: unknown;
  readonly current?: CurrentRecords;
}

export interface ResultMessage {
  readonly type: 'result';
  readonly id: string;
  readonly result: unknown;
}

export interface HubHeartbeat {
  readonly type: 'heartbeat';
  readonly serverTime: number;
  readonly versions: Readonly<Record<string, number>>;
}

export type NoticeCode = 'draining' | 'lagging' | 'resync' | 'revoked';

export interface NoticeMessage {
  readonly type: 'notice';
  readonly code: NoticeCode;
  readonly message: string;
  readonly channel?: string;
  readonly retryAfterMs?: number;
}

export interface PongMessage {
  readonly type: 'pong';
  readonly id: string;
  readonly serverTime: number;
}

export type HubMessage =
  | WelcomeMessage
  | SnapshotMessage
  | SnapshotDeltaMessage
  | DeltaMessage
  | AckMessage
  | ErrorMessage
  | ResultMessage
  | HubHeartbeat
  | NoticeMessage
  | PongMessage;

/** The rows that a view is made of, by table. */
export type ViewTables = Readonly<Record<string, readonly (ViewRow | AnyRow)[]>>;
