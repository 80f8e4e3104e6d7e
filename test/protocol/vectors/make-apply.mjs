/** Vectors of the rule by which a client applies what it is sent. */

const l1 = { id: 'l1', version: 2, status: 'queued', modifiers: [{ id: 'm', name: 'Rare' }] };
const l2 = { id: 'l2', version: 1, status: 'ready', modifiers: [] };
const held = { epoch: 'e1', version: 10, tables: { order_line: [l1, l2] } };

const delta = (baseVersion, newVersion, changes) => ({
  type: 'delta',
  channel: 'main/kitchen',
  baseVersion,
  newVersion,
  changes,
});
const becomes = (version, ...lines) => ({ epoch: 'e1', version, tables: { order_line: lines } });
const update = (...updated) => ({ order_line: { updated } });

export const applyVectors = [
  {
    meaning: 'the next delta',
    held,
    message: delta(10, 11, update({ id: 'l1', version: 3, changes: { status: 'ready' } })),
    outcome: 'applied',
    then: becomes(11, { ...l1, version: 3, status: 'ready' }, l2),
  },
  {
    meaning: 'a delta that begins before what is held and ends after it',
    held,
    message: delta(8, 12, { order_line: { deleted: ['l2', 'l0'] } }),
    outcome: 'applied',
    then: becomes(12, l1),
  },
  {
    meaning: 'a delta that is held already',
    held,
    message: delta(9, 10, { order_line: { deleted: ['l1'] } }),
    outcome: 'dropped',
  },
  {
    meaning: 'a delta that begins after what is held',
    held,
    message: delta(11, 12, { order_line: { deleted: ['l1'] } }),
    outcome: 'gap',
  },
  {
    meaning: 'inserted replaces a row that is held',
    held,
    message: delta(10, 11, { order_line: { inserted: [{ id: 'l2', version: 4, mark: 'moved' }] } }),
    outcome: 'applied',
    then: becomes(11, l1, { id: 'l2', version: 4, mark: 'moved' }),
  },
  {
    meaning: 'an update that is not newer than the row is passed over, its neighbour is not',
    held,
    message: delta(
      9,
      11,
      update(
        { id: 'l1', version: 2, changes: { status: 'voided' } },
        { id: 'l2', version: 2, changes: { status: 'served' } },
      ),
    ),
    outcome: 'applied',
    then: becomes(11, l1, { ...l2, version: 2, status: 'served' }),
  },
  {
    meaning: 'columns first, then the patch',
    held,
    message: delta(
      10,
      11,
      update({
        id: 'l1',
        version: 5,
        changes: {
          modifiers: [
            { id: 'm', name: 'Rare' },
            { id: 'n', name: 'Hot' },
          ],
        },
        patch: [{ op: 'replace', path: '/modifiers/1/name', value: 'Mild' }],
      }),
    ),
    outcome: 'applied',
    then: becomes(
      11,
      {
        ...l1,
        version: 5,
        modifiers: [
          { id: 'm', name: 'Rare' },
          { id: 'n', name: 'Mild' },
        ],
      },
      l2,
    ),
  },
  {
    meaning: 'an update of a row that is not held',
    held,
    message: delta(10, 11, update({ id: 'l9', version: 2, changes: { status: 'ready' } })),
    outcome: 'gap',
  },
  {
    meaning: 'an empty delta moves the version',
    held,
    message: delta(10, 14, {}),
    outcome: 'applied',
    then: becomes(14, l1, l2),
  },
  {
    meaning: 'a catch-up',
    held,
    message: {
      type: 'snapshot:delta',
      channel: 'main/kitchen',
      epoch: 'e1',
      baseVersion: 10,
      newVersion: 20,
      serverTime: 0,
      changes: { order_line: { deleted: ['l1'] } },
    },
    outcome: 'applied',
    then: becomes(20, l2),
  },
  {
    meaning: 'a snapshot replaces everything, whatever its version',
    held,
    message: {
      type: 'snapshot',
      channel: 'main/kitchen',
      view: 'kitchen',
      branchId: 'main',
      epoch: 'e2',
      version: 3,
      serverTime: 0,
      tables: { order_line: [] },
    },
    outcome: 'applied',
    then: { epoch: 'e2', version: 3, tables: { order_line: [] } },
  },
];
