import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Cib, parseCib, vipsOf } from '../../../../../harness/systems/pacemaker/config/cib.ts';

const SAMPLE = readFileSync(new URL('../../../../fixtures/cluster/cib.xml', import.meta.url), 'utf8');

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
      meta: { 'migration-threshold': '1', 'resource-stickiness': '100' },
      open_meta: [],
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
])('what is not a CIB is refused with its place', (xml, says) => {
  expect(() => parseCib(xml, 'cib.xml')).toThrow(says);
});

// Every expected value is what crm_simulate and crm_resource of Pacemaker 3.0.0 said.
describe('what is shared', () => {
  const set = (id: string, name: string, value: string, inside = '') =>
    `<meta_attributes id="${id}">${inside}<nvpair id="${id}-1" name="${name}" value="${value}"/></meta_attributes>`;
  const DUMMY = 'class="ocf" provider="pacemaker" type="Dummy"';
  const timeoutOf = (cib: Cib, id: string) => {
    const [op] = cib.primitives.find((one) => one.id === id)!.operations;
    return op!.open ?? op!.timeout;
  };

  test('a reference that leads out of a clone is lost to its instances, one inside of it is not', () => {
    const cib = configured(`<resources>
      <primitive id="a" ${DUMMY}><operations id="ops"><op id="o" name="monitor" interval="7s">${set('far', 'timeout', '9s')}</op></operations></primitive>
      <clone id="c"><group id="g"><primitive id="b" ${DUMMY}><operations><op id="p" name="monitor" interval="8s"><meta_attributes id-ref="far"/></op></operations></primitive>
      <primitive id="d" ${DUMMY}><operations><op id="q" name="monitor" interval="8s">${set('near', 'timeout', '5s')}</op></operations></primitive>
      <primitive id="e" ${DUMMY}><operations><op id="r" name="monitor" interval="8s"><meta_attributes id-ref="near"/></op></operations></primitive></group></clone>
      <clone id="k"><primitive id="f" ${DUMMY}><operations id-ref="ops"/></primitive></clone>
    </resources>`);
    const open = 'timeout by the reference in line 3 is not followed';
    expect(['a', 'b', 'd', 'e', 'f'].map((id) => timeoutOf(cib, id))).toEqual(['9s', open, '5s', '5s', '9s']);
  });

  test('#default in op_defaults takes away what the operation itself says', () => {
    const cib = configured(`<op_defaults>${set('d', 'timeout', '#default')}</op_defaults>
      <resources><primitive id="a" ${DUMMY}><operations><op id="o" name="monitor" interval="3s" timeout="5s"/></operations></primitive></resources>`);
    expect(timeoutOf(cib, 'a')).toBeUndefined();
  });

  test('operations that a template refers to are not joined with those of a resource', () => {
    const cib = configured(`<resources>
      <template id="s" ${DUMMY}><operations id="ops"><op id="o" name="monitor" interval="60s" role="Promoted"/></operations></template>
      <template id="t" ${DUMMY}><operations id-ref="ops"/></template>
      <primitive id="a" template="t"><operations><op id="p" name="monitor" interval="3s"/></operations></primitive>
      <primitive id="b" template="t"/></resources>`);
    expect(cib.primitives.map(({ operations }) => operations.map(({ interval }) => interval))).toEqual([
      ['3s'],
      ['60s'],
    ]);
  });

  test('a start-delay, wherever it stands, comes before an interval-origin', () => {
    const cib = configured(`<op_defaults>${set('d', 'start-delay', '3s')}</op_defaults>
      <resources><primitive id="a" ${DUMMY}><operations><op id="o" name="monitor" interval="3s" interval-origin="2026-01-01"/></operations></primitive></resources>`);
    expect(cib.primitives[0]!.operations[0]).toMatchObject({ start_delay: '3s' });
    expect(cib.primitives[0]!.operations[0]).not.toHaveProperty('starts_at_origin');
  });

  test('on-fail=demote counts only where something is promoted', () => {
    const cib = configured(
      `<resources><primitive id="a" ${DUMMY}><operations><op id="o" name="monitor" interval="3s" on-fail="demote"/><op id="p" name="monitor" interval="4s" on-fail="demote" role="Promoted"/></operations></primitive></resources>`,
    );
    expect(cib.primitives[0]!.operations.map(({ on_fail }) => on_fail)).toEqual([undefined, 'demote']);
  });

  test('meta attributes: its own, its group, its clone, the defaults of all', () => {
    const rule = '<rule id="r" boolean-op="and"><rsc_expression id="r-1" type="Stateful"/></rule>';
    const cib =
      configured(`<rsc_defaults>${set('d', 'failure-timeout', '60s')}${set('e', 'migration-threshold', '9', rule)}</rsc_defaults>
      <resources><clone id="c">${set('cm', 'is-managed', 'false')}<group id="g">${set('gm', 'migration-threshold', '2')}
      <primitive id="a" ${DUMMY}>${set('am', 'maintenance', 'true')}</primitive></group></clone>
      <primitive id="b" class="ocf" provider="pacemaker" type="Stateful"/></resources>`);
    expect(cib.primitives.map(({ meta }) => meta)).toEqual([
      { maintenance: 'true', 'migration-threshold': '2', 'is-managed': 'false', 'failure-timeout': '60s' },
      { 'failure-timeout': '60s', 'migration-threshold': '9' },
    ]);
  });
});
