import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { prune } from '../../../harness/topology/prune.ts';

const schema = z.strictObject({
  a: z.array(z.string().min(2).regex(/^x/)),
  b: z.array(z.strictObject({ id: z.number(), tags: z.array(z.string()).optional() })).optional(),
});

test('takes out what is refused and nothing else', () => {
  const pruned = prune(schema, {
    a: ['y', 'xx', 5, 'xy'],
    b: [{ id: 'no' }, { id: 1, tags: ['t', 2, 'u'], more: 1 }, 7, { id: 2 }],
    c: 1,
  })!;
  expect(pruned.value).toEqual({ a: ['xx', 'xy'], b: [{ id: 1, tags: ['t', 'u'] }, { id: 2 }] });
  expect(pruned.originalPath(['a', 1])).toEqual(['a', 3]);
  expect(pruned.originalPath(['b', 0, 'tags', 1])).toEqual(['b', 1, 'tags', 2]);
  expect(pruned.originalPath(['b', 1, 'gone', 0])).toEqual(['b', 3, 'gone', 0]);
  expect(pruned.removed).toContainEqual(['b', 1, 'tags', 1]);
});

test('is undefined when a key that must be there is not', () => {
  expect(prune(schema, { b: [] })).toBeUndefined();
  expect(prune(schema, 'text')).toBeUndefined();
});

test('keeps every entry that stands by itself, at its place', () => {
  const entry = fc.oneof(fc.constantFrom('xx', 'xyz', 'y', ''), fc.integer());
  fc.assert(
    fc.property(fc.array(entry), fc.array(fc.record({ id: fc.oneof(fc.integer(), fc.string()) })), (a, b) => {
      const pruned = prune(schema, { a, b })!;
      expect(pruned.value.a).toEqual(a.filter((item) => typeof item === 'string' && /^x./.test(item)));
      expect(pruned.value.b).toEqual(b.filter(({ id }) => typeof id === 'number'));
      for (const [index, item] of pruned.value.a.entries()) {
        expect(a[Number(pruned.originalPath(['a', index])[1])]).toBe(item);
      }
    }),
  );
});
