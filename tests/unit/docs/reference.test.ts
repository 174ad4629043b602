import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { audits } from '../../../harness/audits/registry.ts';
import { referenceText } from '../../../tools/reference/reference.ts';

test.each([...audits.values()])('audit $name says what must hold', ({ summary }) => {
  expect(summary).toMatch(/^\S.+[^.]$/);
});

test('docs/reference.md is current (node tools/reference/main.ts)', async () => {
  const committed = readFileSync(new URL('../../../docs/reference.md', import.meta.url), 'utf8');
  expect(committed).toBe(await referenceText());
});
