import fc from 'fast-check';
import { stringify } from 'yaml';
import { faults } from '../../../harness/faults/registry.ts';

/** A drill as its file says it. */
export type Said = Record<string, unknown>;
type Step = string | number;

const PROBE = { kind: 'udp', from: 'client', to: 'server', address: '203.0.113.1', interval: '5ms' };
const EXPECT = [{ metric: 'udp.outage_ms', stat: 'max', op: '<=', value: 5000 }];
const TIMED = {
  variables: { ADVERT_INT: 1 },
  hold: { steady: '1s', takeover: '30s', recovery: '30s', settled: '1s', rejoin: '5s' },
};
const drill = (broken: Said): Said => ({
  description: 'one that is right',
  topology: 'l3.clab.yml',
  probes: { udp: PROBE },
  ...broken,
  expect: EXPECT,
});

/** Drills that are right, each with another way to say what is broken. */
export const RIGHT = {
  one: drill({ fault: { kind: 'cut', target: 'r1:ha', options: { kind: 'frames' } }, ...TIMED }),
  several: drill({
    faults: [
      { kind: 'crash', target: 'host:master(router)', for: '2s' },
      { kind: 'loss', target: 'backup(router):inside', options: { ratio: '5' }, after: '500ms' },
    ],
  }),
  timed: drill({
    faults: [
      { kind: 'crash', target: 'host:node1', for: '10s' },
      { kind: 'cut', target: 'r2:inside', at: '1s', for: '200ms', every: '2s', times: 3 },
    ],
  }),
  random: drill({
    random: {
      count: 2,
      pause: ['1s', '5s'],
      faults: [
        { kind: 'crash', target: 'host:master(router)', weight: 3, for: ['2s', '10s'] },
        { kind: 'hang', target: 'backup(router)/keepalived', weight: 1, for: '1s' },
      ],
    },
  }),
} as const satisfies Record<string, Said>;

/** Where something is set in a drill, and with what: undefined leaves it out. */
type Change = readonly [of: Said, path: readonly Step[], value: unknown];

const text = (said: Said) => stringify(said, { aliasDuplicateObjects: false });
const changed = (change: fc.Arbitrary<Change>): fc.Arbitrary<string> =>
  change.map(([of, path, value]) => {
    const said = structuredClone(of);
    const [last, ...back] = path.toReversed();
    const inside = back.toReversed().reduce<Said>((at, step) => at[step] as Said, said);
    if (value === undefined) delete inside[last!];
    else inside[last!] = value;
    return text(said);
  });

const WHOLE = Object.values(RIGHT).flatMap((of) => pathsIn(of).map((path) => ({ of, path })));
const oneOf = <T>(...list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list);
const placesOf = (is: (last: Step, path: readonly Step[]) => boolean) =>
  oneOf(...WHOLE.filter(({ path }) => is(path.at(-1)!, path)));
const set = (is: (last: Step, path: readonly Step[]) => boolean, values: fc.Arbitrary<unknown>) =>
  changed(fc.tuple(placesOf(is), values).map(([{ of, path }, value]) => [of, path, value] as const));

function pathsIn(value: unknown, path: readonly Step[] = []): (readonly Step[])[] {
  if (!(value instanceof Object)) return [path];
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [
    ...(path.length > 0 ? [path] : []),
    ...[...steps].flatMap((step) => pathsIn((value as Said)[step], [...path, step])),
  ];
}

const isIn = (names: string) => (last: Step) => names.split(' ').includes(String(last));
/** No name that a drill knows begins with it. */
const stranger = fc.string().map((name) => `zz${name}`);

/** What no key takes. */
const wrongType = set(
  (last) => last !== 'variables',
  oneOf<unknown>([[1]], { zz: 1 }, null, [], { kind: {} }, [{}, []]),
);

const TIMES = isIn('interval steady takeover recovery settled rejoin for after at every pause');
const wrongTime = set(
  TIMES,
  oneOf<unknown>(
    ...['5 parsecs', '-1s', '1e9', 'NaN', '', ' ', '25h', '1d', '1..5s', '1,5s', '0x10', '3s3s', 's'],
    ...[true, -1, -0.001, Number.NaN, Infinity, -Infinity, 1e300, 86_401],
  ),
);

const notANumber = oneOf<unknown>(Number.NaN, Infinity, -Infinity, 'many', '', true, [1], { a: 1 });
const wrongNumber = fc.oneof(
  set(isIn('value'), notANumber),
  set(isIn('times count'), fc.oneof(notANumber, oneOf<unknown>(0, -3, 21, 1.5, 1e300))),
  set(isIn('weight'), fc.oneof(notANumber, oneOf<unknown>(0, -1, -0.5))),
);

const isMapping = (last: Step, path: readonly Step[]) =>
  isIn('fault random hold udp options')(last) ||
  (typeof last === 'number' && ['faults', 'expect'].includes(String(path.at(-2))));
const strangeKey = changed(
  fc
    .tuple(placesOf(isMapping), stranger, fc.boolean())
    .map(([{ of, path }, key, above]) => [of, above ? [key] : [...path, key], 'x'] as const),
);
const missingKey = set(
  isIn('description topology probes expect fault kind target op value metric from to address'),
  fc.constant(undefined),
).filter((without) => !RIGHTS.has(without) && !/options:\s*\{\}/.test(without));
const RIGHTS = new Set(Object.values(RIGHT).map(text));

const isFault = (path: readonly Step[]) => path.includes('fault') || path.includes('faults');
const wrongName = fc.oneof(
  set(
    (last, path) => last === 'kind' && isFault(path) && !path.includes('options'),
    fc.oneof(stranger, oneOf('', '__proto__', 'constructor', 'Crash', 'power-off', 'crash ')),
  ),
  set((last, path) => last === 'kind' && path.includes('udp'), stranger),
  set(
    isIn('target'),
    fc.oneof(
      stranger,
      oneOf('', 'host:', 'host:node9', 'master(nobody)', 'mastr(router)', 'r1:zz9', 'network:nix'),
      oneOf(
        'active(haproxy)',
        'host:active(vip)',
        'standby(haproxy)',
        'server(nobody)',
        'switch(r1)',
        'router(r9)',
      ),
      oneOf('r1/', ':', 'r1 r2', '__proto__', 'constructor', 'host:r1/keepalived', 'r1:a:b', 'master()'),
      stranger.map((name) => `host:${name}`),
      stranger.map((name) => `network:${name}`),
    ),
  ),
  set(
    isIn('metric'),
    fc.oneof(stranger, oneOf('', 'udp', 'udp.', 'udp.outage', 'tcp.outage_ms', '__proto__')),
  ),
  set(isIn('from to'), fc.oneof(stranger, oneOf('', 'inside', 'constructor'))),
  set(isIn('op'), fc.oneof(stranger, oneOf('=', '=>', '≤', 'is'))),
  set(isIn('stat'), fc.oneof(stranger, oneOf('mean', 'P95', 'average'))),
  set(
    isIn('address'),
    fc.oneof(stranger, oneOf('', '224.0.0.1', '0.0.0.0', '300.1.1.1', 'fe80::1', '[::1]')),
  ),
);

/** What takes any text. */
const FREE = new Set([
  ...['exec apply', 'exec revert', 'exec check', 'exec check_reverted', 'bad-config line'],
  'upgrade image',
]);
const AIMS = {
  ...{ node: 'r1', host: 'host:node1', process: 'r1/keepalived' },
  ...{ interface: 'r1:ha', network: 'network:inside' },
};
/** A kind, what it can be aimed at, and one of its options with a value that it does not take. */
export const wrongOption = fc
  .tuple(
    oneOf(
      ...[...faults.values()].flatMap(({ kind, targets, options }) =>
        [...Object.keys(options), 'zz']
          .filter((name) => !FREE.has(`${kind} ${name}`))
          .map((name) => ({ kind, target: AIMS[targets[0]!], name })),
      ),
    ),
    oneOf('', ' ', 'NaN', '-1', '1e1', '1e999', '∞', '10 parsecs', '0x10', 'null', '__proto__', 'a b'),
  )
  .map(([{ kind, target, name }, value]) => ({ kind, target, options: { [name]: value } }));

/** A kind, and what it cannot be aimed at. */
const wrongAim = oneOf(
  ...[...faults.values()].flatMap(({ kind, targets }) =>
    Object.entries(AIMS)
      .filter(([form]) => !targets.some((one) => one === form))
      .map(([, target]) => ({ kind, target })),
  ),
);

const BREAKS = ['  - }', '\t: x', 'a: b: c', '}', 'x: *nowhere', '? [', 'description: twice', '&a &b x'];
const brokenYaml = fc.oneof(
  fc.tuple(oneOf(...RIGHTS), oneOf(...BREAKS)).map(([right, line]) => `${right}${line}\n`),
  fc.tuple(oneOf(...RIGHTS), fc.nat()).map(([right, at]) => right.slice(0, at % right.indexOf('\nexpect:'))),
);

/** Schedules that contradict themselves, and lists that no trial can make. */
const fault = (more: Said, target = 'r1') => ({ kind: 'crash', target, ...more });
const s = (seconds: number) => `${seconds}s`;
const some = fc.integer({ min: 1, max: 60 });
const contradiction = fc
  .tuple(some, some)
  .chain(([a, b]) =>
    oneOf<Said>(
      { faults: [fault({ every: s(a + b), for: s(a) })] },
      { faults: [fault({ every: s(a), times: 2 })] },
      { faults: [fault({ times: 2, for: s(a) })] },
      { faults: [fault({ every: s(a), for: s(a + b - 1), times: 2 })] },
      { faults: [fault({ at: s(a) }), fault({ at: s(a + b) }, 'r2')] },
      { faults: [fault({}), fault({ at: s(a), after: s(b) }, 'r2')] },
      { faults: [fault({}), fault({ at: s(a) }, 'r2'), fault({ for: s(b) }, 'client')] },
      { faults: [fault({ for: s(a), heal: s(b) })] },
      { faults: [fault({ after: s(a) })] },
      { faults: [fault({ for: s(a + b) }), fault({ at: s(a) })] },
      { faults: [fault({}), fault({ at: s(a) })] },
      { faults: [fault({ for: s(1), every: s(2), times: 20 }), fault({ at: s(a) }, 'r2')] },
      { faults: [] },
      { faults: Array.from({ length: 20 + a }, () => fault({ for: '1s' })) },
      { fault: fault({}), faults: [fault({})] },
      { fault: fault({}), random: { faults: [fault({})] } },
      { fault: [fault({})] },
      { fault: fault({ for: s(a) }) },
      { random: { faults: [fault({ for: [s(a + b), s(a)] })] } },
      { random: { faults: [fault({})], pause: [s(a)] } },
      { random: { faults: [fault({})], pause: [s(a), s(a + b), s(a + b)] } },
      { random: { faults: [fault({ at: s(a) })] } },
      { random: { faults: [fault({ every: s(a), times: 2 })] } },
      { random: { faults: [] } },
      { random: [fault({})] },
      {},
    ),
  )
  .map((broken) => text(drill(broken)));

/** Texts of drills of which each is wrong, by what is; as many of each as stand beside it, 2,000 together. */
export const BAD_DRILLS: readonly [what: string, texts: fc.Arbitrary<string>, count: number][] = [
  ['a value of another type', wrongType, 200],
  ['a key that there is not', strangeKey, 200],
  ['a key that is missing', missingKey, 150],
  ['no time', wrongTime, 300],
  ['no number, or one out of bounds', wrongNumber, 150],
  ['a name that there is not', wrongName, 300],
  ['an option of a fault', wrongOption.map((one) => text(drill({ fault: one }))), 200],
  ['a target that its fault does not take', wrongAim.map((one) => text(drill({ fault: one }))), 100],
  ['no YAML', brokenYaml, 150],
  ['a contradiction', contradiction, 250],
];
