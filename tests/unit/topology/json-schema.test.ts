import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { topologyJsonSchema, topologyJsonSchemaText } from '../../../harness/topology/json-schema.ts';

test('docs/schemas/topology.schema.json is current (node harness/topology/write-json-schema.ts)', () => {
  const committed = readFileSync(
    new URL('../../../docs/schemas/topology.schema.json', import.meta.url),
    'utf8',
  );
  expect(committed).toBe(topologyJsonSchemaText());
});

test('it refuses unknown keys and lists the kinds', () => {
  expect(topologyJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    required: ['name', 'topology'],
    $defs: { node: { additionalProperties: false, properties: { kind: { enum: ['linux', 'bridge'] } } } },
  });
});

test('its patterns mean the same without flags', () => {
  const text = topologyJsonSchemaText();
  const patterns = [...text.matchAll(/"pattern": (".*")/g)].map(
    ([, pattern]) => new RegExp(JSON.parse(pattern!)),
  );
  expect(
    patterns.some((pattern) => pattern.test('256MiB') && pattern.test('1gb') && !pattern.test('1tb')),
  ).toBe(true);
});
