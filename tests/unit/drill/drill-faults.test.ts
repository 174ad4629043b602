import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { planReport } from '../../../harness/report/plan.ts';
import { drillWith, problems } from './drill-texts.ts';

const load = async (...lines: string[]) => loadDrill(await drillWith(...lines));

describe('the faults of a drill', () => {
  test('one is a list of one', async () => {
    const { drill } = await load('fault: { kind: crash, target: "host:master(router)" }');
    expect(drill.faults).toEqual([
      { kind: 'crash', target: 'host:master(router)', options: {}, entry: 0, after_ms: 0 },
    ]);
  });

  test('several have their order, their pauses and their healing', async () => {
    const loaded = await load(
      'faults:',
      '  - { kind: kill, target: "master(router)/keepalived", heal: 2s }',
      '  - { kind: kill, target: "r1/keepalived", options: { signal: SIGTERM }, after: 500ms }',
      '  - { kind: crash, target: r2 }',
    );
    expect(loaded.drill.faults).toEqual([
      {
        kind: 'kill',
        target: 'master(router)/keepalived',
        options: {},
        entry: 0,
        after_ms: 0,
        heal_ms: 2000,
      },
      { kind: 'kill', target: 'r1/keepalived', options: { signal: 'SIGTERM' }, entry: 1, after_ms: 500 },
      { kind: 'crash', target: 'r2', options: {}, entry: 2, after_ms: 1000 },
    ]);
    const { text, plan } = planReport(loaded, { trials: 1, seed: 1 });
    expect(text).toContain(
      [
        'Faults        kill of master(router)/keepalived (r1/keepalived or r2/keepalived), healed 2 s later',
        '              after 500 ms: kill of r1/keepalived, signal SIGTERM',
        '              after 1 s: crash of r2',
      ].join('\n'),
    );
    expect(plan.faults.map(({ hits: _, ...fault }) => fault)).toEqual(loaded.drill.faults);
    expect(plan.at_least_ms).toBe(1000 + 3500 + 1000 + 5000);
  });

  test('neither one nor a list is refused', async () => {
    expect(await problems('profile: default')).toEqual([
      expect.stringMatching(
        / missing key 'fault': expected what is broken, one 'fault', a list 'faults', or 'random'$/,
      ),
    ]);
  });

  test('a fault that cannot be made is refused with the reason, wherever it is named', async () => {
    const why = /^\d+:\d+ there is no fault 'rolling-upgrade': .+; what comes near: a sequence of upgrade/;
    for (const lines of [
      ['fault: { kind: rolling-upgrade, target: "host:node1" }'],
      ['faults: [{ kind: rolling-upgrade, target: r1, options: { image: "hadrill/router:2" } }]'],
      ['random: { faults: [{ kind: rolling-upgrade, target: r1 }] }'],
    ])
      expect(await problems(...lines)).toEqual([expect.stringMatching(why)]);
  });

  test('both are refused', async () => {
    expect(
      await problems('fault: { kind: crash, target: r1 }', 'faults: [{ kind: crash, target: r2 }]'),
    ).toEqual(["2:1 a drill has either 'fault' or 'faults', not both"]);
  });

  test('a pause before the first is refused', async () => {
    expect(
      await problems(
        'faults:',
        '  - { kind: crash, target: r1, after: 1s }',
        '  - { kind: crash, target: r2 }',
      ),
    ).toEqual(["2:32 the first fault follows none: 'after' is for the later ones"]);
  });

  test('every entry is checked, each with its place', async () => {
    expect(
      await problems(
        'faults:',
        '  - { kind: crash, target: r9 }',
        '  - { kind: crash, target: r1/keepalived }',
        '  - { kind: kill, target: r1/keepalived, options: { sginal: SIGTERM } }',
        '  - { kind: kill, target: r1/keepalived, options: { signal: SIGFOO } }',
      ),
    ).toEqual([
      expect.stringMatching(/^2:28 unknown node 'r9'/),
      expect.stringMatching(/^3:28 crash cannot be aimed at 'r1\/keepalived', a process/),
      expect.stringMatching(/^4:61 kill has no option 'sginal' \(did you mean 'signal'\?\)/),
      expect.stringMatching(/^5:51 'SIGFOO' is not a signal/),
    ]);
  });

  test('a role that there is not is refused with the nearest one', async () => {
    expect(await problems('fault: { kind: crash, target: "host:mastr(router)" }')).toEqual([
      expect.stringMatching(
        /^1:31 'host:mastr\(router\)' is not a target: there is no role 'mastr' \(did you mean 'master'\?\); /,
      ),
    ]);
  });

  test('an option that does not fit the target is refused', async () => {
    expect(
      await problems(
        'faults:',
        '  - { kind: restart, target: "host:node1", options: { signal: SIGINT } }',
        '  - { kind: restart, target: r1/keepalived, options: { signal: SIGINT, down: 2m } }',
        '  - { kind: restart, target: r1/keepalived, options: { signal: SIGINT, down: 2s } }',
      ),
    ).toEqual([
      expect.stringMatching(/^2:\d+ a host is restarted by SIGTERM or SIGKILL, not by SIGINT$/),
      expect.stringMatching(/^3:\d+ a restart is down for 60s at most, not 2m$/),
    ]);
  });

  test.each([
    ['no entry', 'faults: []', /^1:9 'faults': expected at least 1 entry/],
    ['a pause of the one', 'fault: { kind: crash, target: r1, after: 1s }', /^1:35 unknown key 'after'/],
    ['no kind', 'faults: [{ target: r1 }]', /missing key 'kind' in 'faults\[0\]'/],
    ['a time that is none', 'faults: [{ kind: crash, target: r1, heal: soon }]', /^1:43 'heal': .*soon/],
  ])('%s is refused', async (_what, line, message) => {
    expect(await problems(line)).toEqual([expect.stringMatching(message)]);
  });

  test('twenty are taken, one more is not', async () => {
    const list = (count: number) =>
      `faults: [${Array(count).fill('{ kind: crash, target: r1 }').join(', ')}]`;
    expect((await load(list(20))).drill.faults).toHaveLength(20);
    expect(await problems(list(21))).toEqual([expect.stringMatching(/expected at most 20 entries/)]);
  });
});
