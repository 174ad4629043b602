import { expect, test } from 'vitest';
import type { Cib, CibConstraint } from '../../../../../harness/systems/pacemaker/config/cib.ts';
import {
  type Configuration,
  judgeStandby,
  readValidation,
  standbyPlaces,
} from '../../../../../harness/systems/pacemaker/live/judge-standby.ts';

const position = { file: 'cib.xml', line: 1, column: 1 };
type Primitive = Configuration['primitives'][number];
const primitive = (id: string, change: Partial<Primitive> = {}): Primitive => ({
  id,
  class: 'ocf',
  ...change,
});
const location = (id: string, change: Partial<CibConstraint>): CibConstraint => ({
  ...{ kind: 'location', id: `${id}-location`, resources: [{ id, position }], position },
  ...change,
});

function places(
  primitives: Primitive[],
  change: Partial<Pick<Cib, 'constraints' | 'properties'>> = {},
): string[] {
  const cib = { primitives, constraints: [], properties: {}, ...change };
  const running = new Map([
    ['haproxy', ['lb1']],
    ['vip', ['lb1']],
  ]);
  return standbyPlaces(cib, ['lb1', 'lb2', 'lb3'], running).map(
    ({ node, resource }) => `${resource}@${node}`,
  );
}

test('each resource is asked for wherever it does not run', () => {
  expect(places([primitive('vip'), primitive('haproxy')])).toEqual([
    'vip@lb2',
    'vip@lb3',
    'haproxy@lb2',
    'haproxy@lb3',
  ]);
});

test.each<[string, Primitive, Partial<Cib>, string[]]>([
  ['of another class', primitive('haproxy', { class: 'systemd' }), {}, []],
  ['that is cloned', primitive('haproxy', { clone: 'all' }), {}, []],
  ['in a cluster of opt-in', primitive('haproxy'), { properties: { 'symmetric-cluster': 'false' } }, []],
  [
    'that a location forbids on a node',
    primitive('haproxy'),
    { constraints: [location('haproxy', { node: 'lb3', score: '-INFINITY' })] },
    ['haproxy@lb2'],
  ],
  [
    'whose group a location forbids on a node',
    primitive('haproxy', { group: 'service' }),
    { constraints: [location('service', { node: 'lb3', score: '-INFINITY' })] },
    ['haproxy@lb2'],
  ],
  [
    'that a location prefers on a node',
    primitive('haproxy'),
    { constraints: [location('haproxy', { node: 'lb3', score: '50' })] },
    ['haproxy@lb2', 'haproxy@lb3'],
  ],
  ['whose place a rule decides', primitive('haproxy'), { constraints: [location('haproxy', {})] }, []],
])('a resource %s', (_, one, change, expected) => {
  expect(places([one], change)).toEqual(expected);
});

const place = { node: 'lb2', resource: 'haproxy' };
/** crm_resource of Pacemaker 3.0.0. */
const MISSING = [
  'Operation validate for haproxy (ocf:hadrill:haproxy) returned 5 (Not installed: HAProxy is not installed: there is no program /usr/sbin/haproxy)\n',
  'ocf-exit-reason:HAProxy is not installed: there is no program /usr/sbin/haproxy\n\ncrm_resource: Error performing operation: Not installed\n',
] as const;
const FINE = ['Operation validate for haproxy (ocf:hadrill:haproxy) returned 0 (OK)\n', ''] as const;

test('what crm_resource prints', () => {
  expect(readValidation(place, ...FINE)).toEqual({ ...place, status: 0, words: 'OK' });
  expect(readValidation(place, ...MISSING)).toEqual({
    ...{ ...place, status: 5 },
    words: 'HAProxy is not installed: there is no program /usr/sbin/haproxy',
  });
  const lost = readValidation(place, '', 'crm_resource: Could not connect to the CIB: Not connected\n');
  expect(lost).toEqual({
    ...place,
    status: undefined,
    words: 'crm_resource: Could not connect to the CIB: Not connected',
  });
});

test('a member that could not start what it does not run fails', () => {
  const fine = readValidation(place, ...FINE);
  expect(judgeStandby('lb', [fine])).toEqual({
    name: 'cluster-standby',
    verdict: 'pass',
    detail: "cluster 'lb': lb2 could start what it does not run",
  });
  expect(judgeStandby('lb', [fine, readValidation(place, ...MISSING)])).toMatchObject({
    verdict: 'fail',
    detail:
      "cluster 'lb': could not start 'haproxy' on lb2: HAProxy is not installed: there is no program /usr/sbin/haproxy",
  });
  expect(judgeStandby('lb', [{ ...fine, status: 3 }]).verdict).toBe('pass');
  expect(judgeStandby('lb', [{ ...fine, status: undefined }]).verdict).toBe('unknown');
  expect(judgeStandby('lb', []).verdict).toBe('pass');
});
