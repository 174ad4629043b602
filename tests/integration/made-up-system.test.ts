/**
 * What adding a system under test takes: a folder, here tests/support/beacon, and a line in each of two registries, which
 * stand in for the two files below. Nothing else in the harness knows of it.
 */
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { System } from '../../harness/systems/system.ts';
import { freshFile, freshFolder } from '../support/folder.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

vi.mock('../../harness/systems/registry.ts', async (original) => {
  const { systems } = await original<typeof import('../../harness/systems/registry.ts')>();
  const { registryOf } = await import('../../harness/ground/registry.ts');
  const { beacon } = await import('../support/beacon/beacon.ts');
  return { systems: registryOf<System>('system', [...systems.values(), beacon], ({ name }) => name) };
});
vi.mock('../../harness/systems/live.ts', async (original) => {
  const { liveSystems } = await original<typeof import('../../harness/systems/live.ts')>();
  const { beaconLive } = await import('../support/beacon/beacon-live.ts');
  return { liveSystems: [...liveSystems, beaconLive] };
});

const { list } = await import('../../harness/cli/list.ts');
const { loadDrill } = await import('../../harness/drill/load-drill.ts');
const { runDrill } = await import('../../harness/drill/run-drill.ts');
const { rebuildJournal } = await import('../../harness/analysis/rebuild-journal.ts');
const { connectEngine } = await import('../../harness/engine/connect.ts');
const { formats } = await import('../../harness/report/formats.ts');

const DRILL = path.join(import.meta.dirname, '../fixtures/beacon/sender-crash.drill.yml');

test('its files are checked before a lab is built', async () => {
  const conf = await freshFile('beacon.conf', 'period_ms often\n');
  await expect(loadDrill(DRILL, undefined, { variables: { BEACON_CONF: conf } })).rejects.toMatchObject({
    problems: [
      {
        message: "expected 'period_ms' and a number of milliseconds",
        position: { file: conf, line: 1, column: 1 },
      },
    ],
  });
});

test('its roles and metrics are known to drills: others are refused with their names', async () => {
  const topology = path.join(import.meta.dirname, '../fixtures/beacon/beacon.clab.yml');
  const drill = (target: string, metric: string) =>
    freshFile(
      'wrong.drill.yml',
      `description: wrong\ntopology: ${topology}\nfault: { kind: crash, target: ${target} }\n` +
        `probes:\n  udp: { kind: udp, from: ship, to: harbour, address: 198.18.9.11 }\n` +
        `expect:\n  - { metric: ${metric}, op: "<=", value: 1 }\n`,
    );
  await expect(loadDrill(await drill('sendr(main)', 'beacon.silence_ms'))).rejects.toThrow(
    /'sendr'.*'sender'/,
  );
  await expect(loadDrill(await drill('sender(other)', 'beacon.silence_ms'))).rejects.toThrow(
    "no node has the label 'beacon: other'",
  );
  await expect(loadDrill(await drill('sender(main)', 'beacon.silenc_ms'))).rejects.toThrow(
    "did you mean 'beacon.silence_ms'?",
  );
  const elsewhere = loadDrill(
    await freshFile(
      'elsewhere.drill.yml',
      `description: wrong\ntopology: ${path.resolve('topologies/l3/l3.clab.yml')}\n` +
        `fault: { kind: crash, target: r1 }\n` +
        `probes:\n  udp: { kind: udp, from: client, to: server, address: 203.0.113.1 }\n` +
        `expect:\n  - { metric: beacon.silence_ms, op: "<=", value: 1 }\n`,
    ),
  );
  await expect(elsewhere).rejects.toThrow("'beacon.silence_ms' needs a beacon: no node has a label beacon");
});

test('`list` has it', async () => {
  const lines: string[] = [];
  const context = { out: (text: string) => lines.push(text), say: () => undefined };
  await list(context as never, { json: true } as never);
  const { systems } = JSON.parse(lines.join('\n')) as { systems: { name: string }[] };
  expect(systems.find(({ name }) => name === 'beacon')).toMatchObject({
    targets: ['sender(BEACON)'],
    audits: ['one-sender'],
    metrics: { 'beacon.silence_ms': expect.stringContaining('first datagram') },
  });
});

test('a trial on real daemons: settled, aimed at a role, measured, bounded, audited, reported', async (context) => {
  const out = await freshFolder();
  const { journal, folder } = await runDrill(await connectEngine(), await loadDrill(DRILL), {
    ...{ trials: 2, seed: 5, out, keep: false },
  });
  skipIfStarved(context, 'beacon', journal.trials);
  for (const trial of journal.trials) {
    expect(trial.verdict, trial.reason).toBe('pass');
    expect(trial.bounds['beacon.silence_ms']).toMatchObject({ low: 400, high: 600 });
    expect(trial.metrics['beacon.silence_ms']).toBeGreaterThan(300);
    expect(trial.metrics['beacon.silence_ms']).toBeLessThan(700);
    expect(trial.audits).toContainEqual({
      ...{ name: 'one-sender', verdict: 'pass', detail: expect.stringMatching(/^(east|west) sends$/) },
    });
    expect(trial.timeline.find(({ event }) => event === 'system')?.detail).toMatch(/^first datagram of/);
  }
  // The first trial moved the role, so that the second one hit the other beacon.
  expect(new Set(journal.trials.map(({ faults }) => faults[0]!.resolved))).toEqual(new Set(['east', 'west']));
  expect(journal.scale?.join(' ')).toContain('beacons send every 200 ms (default 1000 ms)');
  expect((await rebuildJournal(folder)).trials).toEqual(journal.trials);
  for (const { name, render } of formats.values()) {
    const text = [...render(journal, { width: 100, colour: false })].join('');
    expect(text, name).toMatch(/beacon[._]silence/);
    if (['text', 'md', 'html'].includes(name)) expect(text, name).toMatch(/SENT BEFORE|Sent before/i);
  }
});
