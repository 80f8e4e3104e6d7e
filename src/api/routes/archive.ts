/** What left the database for compressed files: for administrators, of their own branch. */
import { Type } from 'typebox';
import { refuse } from '../../base/refusal.js';
import { strict } from '../../domain/fields.js';
import { ArchiveBusy, type ArchiveReport, type SegmentEntry } from '../../store/upkeep.js';
import type { ApiContext } from '../context.js';
import { defineRoute, type RouteAnswer } from '../route.js';

const ADMIN = ['admin'] as const;
/** A run of years takes minutes: whoever waits so long is told that it goes on. */
const ANSWER_WITHIN_MS = 5_000;
const BUSY_RETRY_MS = 1_000;
const HOUR_MS = 3_600_000;

const Count = Type.Integer({ minimum: 0 });
const Sizes = {
  bytes: Type.Integer({ minimum: 0, description: 'Of the files' }),
  raw_bytes: Type.Integer({ minimum: 0, description: 'Before they were compressed' }),
};

const Moved = strict({ segments: Count, orders: Count, events: Count, ...Sizes });
const Segment = strict({
  id: Type.String(),
  kind: Type.Enum(['orders', 'events']),
  state: Type.Enum(['writing', 'moved', 'done']),
  shift_id: Type.Union([Type.String(), Type.Null()]),
  business_date: Type.Union([Type.String(), Type.Null()]),
  records: Type.Integer({ minimum: 0, description: 'In the file' }),
  archived: Type.Integer({ minimum: 0, description: 'Orders that are read from it' }),
  ...Sizes,
});
const ArchiveBody = strict({
  older_than_hours: Type.Optional(Type.Integer({ minimum: 0, maximum: 87_600 })),
});

export const archiveRoutes = [
  defineRoute({
    method: 'GET',
    path: '/archive',
    tag: 'Archive',
    summary: 'List the archive’s files with their sizes',
    access: ADMIN,
    answers: {
      200: { description: 'By time', schema: strict({ segments: Type.Array(Segment) }) },
    },
    async handle({ principal, context }) {
      const all = (await context.store.upkeep?.segments()) ?? [];
      const own = all.filter(({ branchId }) => branchId === principal.branch_id);
      return { body: { segments: own.map(shownSegment) } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/archive',
    tag: 'Archive',
    summary: 'Move what is old into compressed files now',
    description:
      'The hub does it by itself every hour. Without `older_than_hours` the age is that of `--archive-after-hours`; a run that ' +
      'is under way is waited for.',
    access: ADMIN,
    body: ArchiveBody,
    example: { older_than_hours: 24 },
    answers: {
      200: { description: 'What was moved', schema: Moved },
      202: { description: `It goes on: not done within ${String(ANSWER_WITHIN_MS / 1_000)} s` },
    },
    refusals: ['invalid_state', 'locked', 'storage_unavailable'],
    handle: ({ principal, body, context }) => {
      const { older_than_hours: hours } = body;
      const afterMs = hours === undefined ? context.archiveAfterMs : hours * HOUR_MS;
      return archive(context, principal.branch_id, afterMs);
    },
  }),
];

async function archive(
  { store: { upkeep }, clock, timers }: ApiContext,
  branchId: string,
  afterMs: number,
): Promise<RouteAnswer> {
  if (upkeep === null) {
    return { refusal: refuse('invalid_state', 'this hub keeps nothing on a disk: no archive') };
  }
  const run = upkeep.archive({ branchId, closedBefore: clock.now() - afterMs });
  const answered = run.then(
    (report): RouteAnswer => ({ body: shownReport(report) }),
    (error: unknown): RouteAnswer => ({ refusal: refusalOf(error) }),
  );
  return new Promise((resolve) => {
    const cancel = timers.after(ANSWER_WITHIN_MS, () => {
      resolve({ status: 202 });
    });
    void answered.then(resolve).finally(cancel);
  });
}

function refusalOf(error: unknown) {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof ArchiveBusy) {
    return refuse('locked', reason, { retryAfterMs: BUSY_RETRY_MS });
  }
  return refuse('storage_unavailable', `archiving stopped, and nothing is lost: ${reason}`);
}

function shownReport({ rawBytes, ...moved }: ArchiveReport) {
  return { ...moved, raw_bytes: rawBytes };
}

function shownSegment({
  segmentId,
  shiftId,
  businessDate,
  rawBytes,
  branchId: _own,
  ...rest
}: SegmentEntry) {
  return {
    id: segmentId,
    ...rest,
    shift_id: shiftId,
    business_date: businessDate,
    raw_bytes: rawBytes,
  };
}
