import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Cib, parseCib, vipsOf } from '../../../harness/measure/cib.ts';

const SAMPLE = readFileSync(new URL('../../fixtures/cluster/cib.xml', import.meta.url), 'utf8');

function configured(configuration: string): Cib {
  return parseCib(`<cib><configuration>${configuration}</configuration></cib>`, 'cib.xml');
}

/** Line and column of what stands in the sample once. */
function placeOf(text: string): { file: string; line: number; column: number } {
  const pieces = SAMPLE.split(text);
  expect(pieces, text).toHaveLength(2);
  const before = pieces[0]!.split('\n');
  return { file: 'cib.xml', line: before.length, column: before.at(-1)!.length + 1 };
}

describe('a configuration as a cluster keeps it', () => {
  const cib = parseCib(SAMPLE, 'cib.xml');

  test('options and defaults, of several sets', () => {
    expect(cib.properties).toMatchObject({ 'stonith-enabled': 'false', 'dc-version': '3.0.0-3.0.0' });
    expect(cib.rsc_defaults).toEqual({ 'migration-threshold': '1', 'resource-stickiness': '100' });
    expect(cib.alert_paths).toEqual(['/usr/local/lib/hadrill/cluster-alert']);
  });

  test('resources with their places', () => {
    expect(cib.primitives.map(({ id }) => id)).toEqual(['vip', 'haproxy']);
    expect(cib.primitives[0]).toEqual({
      id: 'vip',
      class: 'ocf',
      provider: 'heartbeat',
      type: 'IPaddr2',
      params: {
        ip: { value: '198.18.1.100', position: placeOf('<nvpair id="vip-ip"') },
        cidr_netmask: { value: '24', position: placeOf('<nvpair id="vip-prefix"') },
        nic: { value: 'front', position: placeOf('<nvpair id="vip-nic"') },
      },
      open_params: [],
      promotable: false,
      operations: [
        { name: 'monitor', interval: '1s', timeout: '5s', position: placeOf('<op id="vip-monitor"') },
      ],
      position: placeOf('<primitive id="vip"'),
    });
    expect(vipsOf(cib)).toEqual([{ id: 'vip', ip: '198.18.1.100', prefix: '24', nic: 'front' }]);
  });

  test('constraints', () => {
    const position = placeOf('<rsc_colocation');
    expect(cib.constraints[0]).toEqual({
      kind: 'colocation',
      id: 'haproxy-with-vip',
      resources: [
        { id: 'haproxy', position },
        { id: 'vip', position },
      ],
      score: 'INFINITY',
      position,
    });
    expect(cib.constraints[1]).toMatchObject({
      kind: 'order',
      resources: [{ id: 'vip' }, { id: 'haproxy' }],
    });
  });

  test('ids that must be unique: not those of nodes', () => {
    expect(cib.ids).toContainEqual({ id: 'vip-ip', position: placeOf('<nvpair id="vip-ip"') });
    expect(cib.ids.map(({ id }) => id)).not.toContain('1');
    expect(new Set(cib.ids.map(({ id }) => id)).size).toBe(cib.ids.length);
  });
});

test('a primitive in a group in a clone', () => {
  const { primitives, resource_ids } = configured(
    '<resources><clone id="c"><group id="g"><primitive id="p" class="ocf" provider="x" type="Y"/></group></clone></resources>',
  );
  expect(primitives).toEqual([expect.objectContaining({ id: 'p', clone: 'c', group: 'g', operations: [] })]);
  expect(resource_ids).toEqual(['c', 'g', 'p']);
});

test('what a template gives, and what is referred to', () => {
  const { primitives } = configured(
    `<resources>
      <template id="t" class="ocf" provider="heartbeat" type="IPaddr2">
        <instance_attributes id="ta"><nvpair id="ta-ip" name="ip" value="198.18.0.1"/><nvpair id="ta-nic" name="nic" value="a"/></instance_attributes>
        <operations id="ops"><op id="o" name="monitor" interval="2s"/></operations>
      </template>
      <primitive id="p" template="t"><instance_attributes id="pa"><nvpair id="pa-ip" name="ip" value="198.18.0.2"/></instance_attributes></primitive>
      <primitive id="q" class="ocf" provider="x" type="Y"><instance_attributes id-ref="pa"/><operations id-ref="ops"/></primitive>
    </resources>`,
  );
  expect(primitives[0]).toMatchObject({
    type: 'IPaddr2',
    params: { ip: { value: '198.18.0.2' }, nic: { value: 'a' } },
    operations: [{ name: 'monitor', interval: '2s' }],
  });
  expect(primitives[1]).toMatchObject({
    type: 'Y',
    params: { ip: { value: '198.18.0.2' } },
    operations: [{ name: 'monitor', interval: '2s' }],
  });
});

test("an operation's timeout: its own, its meta attributes', the cluster's default", () => {
  const op = (inside: string) =>
    `<primitive id="p${inside.length}" class="ocf" type="Y"><operations><op name="monitor" interval="1s" ${inside}</operations></primitive>`;
  const meta = '><meta_attributes id="m"><nvpair id="m-t" name="timeout" value="7s"/></meta_attributes></op>';
  const { primitives } = configured(
    `<op_defaults><meta_attributes id="d"><nvpair id="d-t" name="timeout" value="9s"/></meta_attributes></op_defaults>
     <resources>${op('timeout="3s"/>')}${op(meta)}${op('enabled="false"/>')}</resources>`,
  );
  expect(primitives.map(({ operations }) => operations[0])).toMatchObject([
    { name: 'monitor', interval: '1s', timeout: '3s' },
    { name: 'monitor', interval: '1s', timeout: '7s' },
    { name: 'monitor', interval: '1s', timeout: '9s', enabled: 'false' },
  ]);
});

test('a location', () => {
  const { constraints } = configured(
    '<constraints><rsc_location id="l" rsc="a" node="n1" score="-INFINITY"/></constraints>',
  );
  expect(constraints).toEqual([
    expect.objectContaining({ kind: 'location', node: 'n1', score: '-INFINITY' }),
  ]);
});

test('constraints by sets point to each reference', () => {
  const { constraints } = configured(
    '<constraints>\n<rsc_order id="o">\n<resource_set id="s">\n<resource_ref id="a"/>\n<resource_ref id="b"/></resource_set></rsc_order></constraints>',
  );
  expect(constraints[0]!.resources.map(({ id, position }) => [id, position.line])).toEqual([
    ['a', 4],
    ['b', 5],
  ]);
});

test.each([
  ['<cib>\n  <configuration>\n', 'cib.xml:2:18: XML: Missing end tag for element configuration'],
  ['<cib>\n <x a=1/></cib>', 'cib.xml:2:7: XML: Attribute value expected'],
  ['<!-- none -->\n <pacemaker-result/>', 'cib.xml:2:2: <pacemaker-result> is not a <cib>'],
  ['<cib/>', 'cib.xml:1:1: <cib> has no <configuration>'],
])('what is no CIB is refused with its place', (xml, says) => {
  expect(() => parseCib(xml, 'cib.xml')).toThrow(says);
});
