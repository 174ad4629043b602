import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { planReport } from '../../../harness/report/plan.ts';

const TOPOLOGY = path.resolve(import.meta.dirname, '../../../topologies/l3/l3.clab.yml');
const FIRST_LINE = 4;

/** A drill file whose faults begin at line 4. */
async function drillWith(...lines: string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'several.drill.yml');
  const text = [
    'description: several faults',
    `topology: ${TOPOLOGY}`,
    'probes: { udp: { kind: udp, from: client, to: server, address: 203.0.113.1 } }',
    ...lines,
    'expect: [{ metric: udp.outage_ms, op: "<=", value: 5000 }]',
  ];
  await writeFile(file, `${text.join('\n')}\n`);
  return file;
}

/** `LINE:COLUMN MESSAGE` of everything that is wrong, lines counted from the first of the faults. */
async function problems(...lines: string[]): Promise<string[]> {
  const error: unknown = await drillWith(...lines)
    .then((file) => loadDrill(file))
    .then(() => undefined)
    .catch((reason: unknown) => reason);
  if (!(error instanceof InputError)) throw error ?? new Error('nothing was refused');
  return error.problems.map(
    ({ message, position }) => `${position!.line! - FIRST_LINE + 1}:${position!.column} ${message}`,
  );
}

const load = async (...lines: string[]) => loadDrill(await drillWith(...lines));

describe('the faults of a drill', () => {
  test('one is a list of one', async () => {
    const { drill } = await load('fault: { kind: crash, target: "host:master(router)" }');
    expect(drill.faults).toEqual([
      { kind: 'crash', target: 'host:master(router)', options: {}, after_ms: 0 },
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
      { kind: 'kill', target: 'master(router)/keepalived', options: {}, after_ms: 0, heal_ms: 2000 },
      { kind: 'kill', target: 'r1/keepalived', options: { signal: 'SIGTERM' }, after_ms: 500 },
      { kind: 'crash', target: 'r2', options: {}, after_ms: 1000 },
    ]);
    const { text, plan } = planReport(loaded, { trials: 1, seed: 1 });
    expect(text).toContain(
      [
        'Faults        kill of master(router)/keepalived, healed 2 s later',
        '              after 500 ms: kill of r1/keepalived, signal SIGTERM',
        '              after 1 s: crash of r2',
      ].join('\n'),
    );
    expect(plan.faults).toEqual(loaded.drill.faults);
    expect(plan.at_least_ms).toBe(1000 + 3500 + 1000 + 5000);
  });

  test('neither one nor a list is refused', async () => {
    expect(await problems('profile: default')).toEqual([
      expect.stringMatching(/ missing key 'fault': expected what is broken, one 'fault' or a list 'faults'$/),
    ]);
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
      expect.stringMatching(/^3:28 crash cannot be aimed at a process/),
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
