import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { checkTarget, parseTarget, roles } from '../../../harness/systems/roles.ts';
import { formatTarget, targetForms } from '../../../harness/topology/targets.ts';
import type { Topology } from '../../../harness/topology/topology.ts';
import { lab, loadText } from '../topology/problems-of.ts';

describe('parseTarget', () => {
  test.each([
    ['r1', { kind: 'node', node: { kind: 'node', node: 'r1' } }],
    ['master(router)', { kind: 'node', node: { kind: 'role', role: 'master', of: 'router' } }],
    ['backup(vr.1)', { kind: 'node', node: { kind: 'role', role: 'backup', of: 'vr.1' } }],
    ['active(vip-group)', { kind: 'node', node: { kind: 'role', role: 'active', of: 'vip-group' } }],
    [
      'standby(vip)/haproxy',
      { kind: 'process', node: { kind: 'role', role: 'standby', of: 'vip' }, process: 'haproxy' },
    ],
    ['host:standby(vip)', { kind: 'host-of', node: { kind: 'role', role: 'standby', of: 'vip' } }],
    [
      'active(vip):eth1',
      { kind: 'interface', node: { kind: 'role', role: 'active', of: 'vip' }, interface: 'eth1' },
    ],
    ['r1/keepalived', { kind: 'process', node: { kind: 'node', node: 'r1' }, process: 'keepalived' }],
    [
      'master(router)/keepalived',
      { kind: 'process', node: { kind: 'role', role: 'master', of: 'router' }, process: 'keepalived' },
    ],
    ['r1:ha0', { kind: 'interface', node: { kind: 'node', node: 'r1' }, interface: 'ha0' }],
    [
      'backup(x):eth0.100',
      { kind: 'interface', node: { kind: 'role', role: 'backup', of: 'x' }, interface: 'eth0.100' },
    ],
    ['host:node1', { kind: 'host', host: 'node1' }],
    ['host:master(router)', { kind: 'host-of', node: { kind: 'role', role: 'master', of: 'router' } }],
    ['host:server(c1)', { kind: 'host-of', node: { kind: 'role', role: 'server', of: 'c1' } }],
    [
      'server(c1)/dnsmasq',
      { kind: 'process', node: { kind: 'role', role: 'server', of: 'c1' }, process: 'dnsmasq' },
    ],
    ['host:active(r)', { kind: 'host-of', node: { kind: 'role', role: 'active', of: 'r' } }],
    ['master', { kind: 'node', node: { kind: 'node', node: 'master' } }],
  ])('%s', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
    expect(formatTarget(parseTarget(text))).toBe(text);
  });

  test.each([
    '',
    ' r1',
    'r1/',
    'r1:',
    'r1/a/b',
    'r1/a:b',
    'r1:a:b',
    'master()',
    'master(a',
    'master(a)x',
    'leader(a)',
    'r 1',
    'host:',
    'host:a b',
    'r1:abcdefghijklmnop',
    '-r1',
  ])('%j is refused with the forms', (text) => {
    expect(() => parseTarget(text)).toThrow(InputError);
    expect(() => parseTarget(text)).toThrow(`'${text}' is not a target`);
    expect(() => parseTarget(text)).toThrow(targetForms(roles).join(', '));
  });

  test('the forms have the roles of every system', () => {
    expect(targetForms(roles)).toEqual([
      ...['NODE', 'switch(NODE)', 'router(VR)', 'master(VR)', 'backup(VR)', 'server(CLIENT)'],
      ...['active(RESOURCE)', 'standby(RESOURCE)', 'primary(ROUTER)', 'secondary(ROUTER)'],
      ...['NODE/PROCESS', 'NODE:INTERFACE', 'host:NAME', 'host:switch(NODE)', 'network:BRIDGE'],
    ]);
  });

  test.each(['mastr(a)', 'mastr(a)/keepalived', 'host:mastr(a)'])('%s: the nearest role is named', (text) => {
    expect(() => parseTarget(text)).toThrow(
      `'${text}' is not a target: there is no role 'mastr' (did you mean 'master'?); a target is one of NODE, switch(NODE),`,
    );
  });

  test.each(['host:node1/keepalived', 'host:node1:eth0', 'host:master(a)/x'])(
    '%s: a host takes neither',
    (text) => {
      expect(() => parseTarget(text)).toThrow('a host takes no process or interface');
    },
  );

  test('anything is a target or an InputError', () => {
    const part = fc.constantFrom('r1', 'host:', 'master(', ')', '/', ':', 'x', ' ', '(');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            expect(formatTarget(parseTarget(text))).toBe(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
    );
  });
});

describe('checkTarget', () => {
  let topology: Topology;
  beforeAll(async () => {
    topology = await loadText(
      lab(
        `    br: {kind: bridge}
    r1: {labels: {hadrill.cluster: c, hadrill.host: node1, hadrill.vr.router: 1/198.18.1.1, hadrill.vr.alone: 2/198.18.1.2}}
    r2: {labels: {hadrill.cluster: c, hadrill.host: node2, hadrill.vr.router: 1/198.18.1.1}}
    client:`,
        `    - endpoints: ["r1:ha0", "r2:ha0"]
    - endpoints: ["r1:in0", "br:p1"]`,
      ),
    );
  });

  test.each([
    'r1',
    'host:node1',
    'host:client',
    'master(router)',
    'backup(router)/keepalived',
    'master(router):ha0',
    'r1:in0',
    'active(anything)',
    'server(client)',
    'host:server(client)',
    'server(client):in0',
    'active(anything):in0',
    'host:backup(router)',
    'r1/whatever',
  ])('%s fits', (text) => {
    expect(checkTarget(parseTarget(text), topology)).toEqual([]);
  });

  test.each([
    ['r3', "unknown node 'r3' (did you mean 'r1'?); the topology has r1, r2, client"],
    ['br', "'br' is a bridge, not a node: name a wire by its node, like r1:eth1"],
    ['host:nod1', "unknown host 'nod1' (did you mean 'node1'?); the topology has node1, node2, client"],
    ['host:r1', "unknown host 'r1'; the topology has node1, node2, client"],
    [
      'master(ruoter)',
      "unknown virtual router 'ruoter' (did you mean 'router'?); the topology has router, alone",
    ],
    ['server(cilent)', "unknown node 'cilent' (did you mean 'client'?); the topology has r1, r2, client"],
    ['host:master(x)', "unknown virtual router 'x'; the topology has router, alone"],
    ['backup(alone)', "virtual router 'alone' has no backup: only 'r1' takes part in it"],
    ['r1:ha1', "unknown interface 'ha1' (did you mean 'ha0'?); r1 has ha0, in0"],
    ['client:eth0', "unknown interface 'eth0'; client has none"],
    ['master(router):in0', "unknown interface 'in0'; r2 has ha0"],
  ])('%s does not', (text, message) => {
    expect(checkTarget(parseTarget(text), topology)).toEqual([{ message }]);
  });

  test('says how to name a virtual router when there is none', async () => {
    const plain = await loadText(lab('    r1:'));
    expect(checkTarget(parseTarget('master(a)'), plain)).toEqual([
      { message: "unknown virtual router 'a': no node has a label 'hadrill.vr.a'" },
    ]);
  });

  test('an interface that no node has cannot be that of a resource', () => {
    expect(checkTarget(parseTarget('active(a):zz9'), topology)).toHaveLength(2);
  });
});
