import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packedLength } from '../../src/protocol/codec.js';
import type { PatchOperation } from '../../src/protocol/messages.js';
import {
  applyPatch,
  diffInside,
  patchIfSmaller,
  updatedColumns,
} from '../../src/protocol/patch.js';
import { message } from './support.js';

const GROUPS = [
  {
    id: 'cook',
    name: 'How cooked',
    min: 1,
    max: 1,
    options: [
      { id: 'rare', name: 'Rare', price: 0, available: true },
      { id: 'well', name: 'Well done', price: 0, available: true },
    ],
  },
];

function withoutWell(): typeof GROUPS {
  const copy = structuredClone(GROUPS);
  const option = copy[0]?.options[1];
  if (option !== undefined) option.available = false;
  return copy;
}

const ROW = { id: 'steak', version: 4, modifier_groups: GROUPS, names: { ar: 'x' } };

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    Object.values(Object.freeze(value)).forEach(freeze);
  }
  return value;
}

describe('patches', () => {
  test('P-PATCH-1 the paths are relative to the row', () => {
    expect(diffInside(GROUPS, withoutWell(), 'modifier_groups')).toEqual([
      { op: 'replace', path: '/modifier_groups/0/options/1/available', value: false },
    ]);
  });

  test('P-PATCH-1 a patch turns any value of a column into any other', () => {
    const value = fc.oneof(message(), fc.array(message(), { maxLength: 5 }), fc.constant(null));
    fc.assert(
      fc.property(value, value, (before, after) => {
        const operations = diffInside(before, after, 'names');
        const patched = applyPatch(freeze({ id: 'a', version: 1, names: before }), operations);
        expect(patched).toEqual({ id: 'a', version: 1, names: after });
      }),
    );
  });

  test('P-PATCH-2 it is the smaller form where a little changed in much', () => {
    const operations = patchIfSmaller(GROUPS, withoutWell(), 'modifier_groups');
    expect(operations).toHaveLength(1);
    expect(packedLength(operations)).toBeLessThan(packedLength(withoutWell()));
  });

  test('P-PATCH-2 the whole column goes where the patch is larger, or the column small', () => {
    const many = Array.from({ length: 12 }, (_, id) => ({ id, name: `option ${String(id)}` }));
    expect(patchIfSmaller(many, many.slice(1), 'modifiers')).toBeNull();
    expect(patchIfSmaller(['grill'], ['grill', 'fry'], 'stations')).toBeNull();
    expect(patchIfSmaller(null, GROUPS, 'modifier_groups')).toBeNull();
    expect(patchIfSmaller(GROUPS, null, 'modifier_groups')).toBeNull();
  });

  test('P-PATCH-2 each column of a row goes in the smaller form, and equal ones not at all', () => {
    const before: Record<string, unknown> = {
      name: 'Steak',
      modifier_groups: GROUPS,
      allergens: GROUPS,
    };
    const after: Record<string, unknown> = {
      name: 'Rib eye',
      modifier_groups: withoutWell(),
      allergens: structuredClone(GROUPS),
    };
    const columns = { before: (c: string) => before[c], after: (c: string) => after[c] };
    expect(updatedColumns(Object.keys(before), columns)).toEqual({
      changes: { name: 'Rib eye' },
      patch: [{ op: 'replace', path: '/modifier_groups/0/options/1/available', value: false }],
    });
    expect(updatedColumns([], columns)).toEqual({});
  });

  test('P-PATCH-3 neither the row nor the operations change, though one operation builds on another', () => {
    const operations: PatchOperation[] = [
      { op: 'add', path: '/names/de', value: { text: 'a' } },
      { op: 'replace', path: '/names/de/text', value: 'b' },
      { op: 'copy', from: '/modifier_groups/0', path: '/modifier_groups/1' },
      { op: 'move', from: '/names/ar', path: '/names/fa' },
      { op: 'remove', path: '/modifier_groups/0/options/0' },
      { op: 'test', path: '/names/fa', value: 'x' },
    ];
    const patched = applyPatch(freeze(structuredClone(ROW)), freeze(operations));
    expect(patched['names']).toEqual({ fa: 'x', de: { text: 'b' } });
    expect(patched['modifier_groups']).toMatchObject([
      { options: [{ id: 'well' }] },
      { id: 'cook' },
    ]);
  });

  test.each<PatchOperation>([
    { op: 'add', path: '/__proto__/polluted', value: 1 },
    { op: 'add', path: '/constructor/prototype/polluted', value: 1 },
    { op: 'add', path: '/names/__proto__/polluted', value: 1 },
    { op: 'copy', from: '/constructor', path: '/names/c' },
    { op: 'move', from: '/names/prototype', path: '/names/c' },
    { op: 'replace', path: '', value: {} },
    { op: 'replace', path: 'names', value: {} },
    { op: 'replace', path: '/missing/0', value: 1 },
    { op: 'remove', path: '/modifier_groups/7' },
    { op: 'add', path: '/modifier_groups/x', value: 1 },
    { op: 'test', path: '/names/ar', value: 'y' },
  ])('P-PATCH-4 %o is refused', (operation) => {
    expect(() => applyPatch(ROW, [operation])).toThrow();
    expect({}).not.toHaveProperty('polluted');
  });
});
