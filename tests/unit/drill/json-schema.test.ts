import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drillSchema } from '../../../harness/drill/drill-schema.ts';
import { drillJsonSchema, drillJsonSchemaText } from '../../../harness/drill/json-schema.ts';
import { faults } from '../../../harness/faults/registry.ts';
import { probes } from '../../../harness/probes/registry.ts';

test('docs/schemas/drill.schema.json is current (node harness/drill/write-json-schema.ts)', () => {
  const committed = readFileSync(new URL('../../../docs/schemas/drill.schema.json', import.meta.url), 'utf8');
  expect(committed).toBe(drillJsonSchemaText());
});

test('it refuses unknown keys and lists every kind of fault and probe', () => {
  expect(drillJsonSchema()).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    additionalProperties: false,
    required: ['description', 'topology', 'probes', 'expect'],
    oneOf: [{ required: ['fault'] }, { required: ['faults'] }, { required: ['random'] }],
    properties: {
      fault: { additionalProperties: false, properties: { kind: { enum: [...faults.keys()] } } },
      faults: {
        minItems: 1,
        maxItems: 20,
        items: { additionalProperties: false, properties: { kind: { enum: [...faults.keys()] } } },
      },
      probes: {
        additionalProperties: {
          oneOf: [...probes.keys()].map((kind) => ({
            additionalProperties: false,
            properties: { kind: { const: kind } },
          })),
        },
      },
    },
  });
});

test('it describes what is written, not what is read: durations are texts, defaults may be left out', () => {
  const written = {
    description: 'the power goes',
    topology: 'l3.clab.yml',
    probes: { udp: { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1', interval: '2ms' } },
    fault: { kind: 'crash', target: 'r1' },
    expect: [{ metric: 'udp.outage_ms', op: '<=', value: 5000 }],
  };
  expect(drillSchema.parse(written).probes.udp).toMatchObject({ interval: 2, port: 7001 });
  const [udp] = JSON.parse(drillJsonSchemaText()).properties.probes.additionalProperties.oneOf;
  expect(udp.properties.interval.type).toContain('string');
  expect(udp.required).toEqual(['kind', 'from', 'to', 'address']);
});
