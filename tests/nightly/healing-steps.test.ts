import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HealedOtherwise, NotHealed } from '../../harness/drill/heal-fault.ts';
import { execInContainer } from '../../harness/engine/exec-in-container.ts';
import { messageOf } from '../../harness/ground/errors.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { FAULT_DRILL_ROWS } from '../support/fault-drill.ts';
import { MATRIX_LABS, matrixLab } from '../support/fault-matrix/labs.ts';
import type { MatrixRow } from '../support/fault-matrix/row.ts';
import { inject } from '../support/faults.ts';
import { changesSince, labProcesses, labState } from '../support/lab-state.ts';
import { engine, freshName, labContainers, removeLabs } from '../support/labs.ts';

const name = freshName('healing-steps');
const { healthy } = MATRIX_LABS.faults;
let lab: Lab;
beforeAll(async () => {
  lab = await matrixLab('faults', name);
});
beforeEach(() => healthy(lab));
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const portOf = (node: string) => lab.node(node).ports[0]!.port;

/** In the fabric, as nobody but hadrill should. */
async function inFabric(...command: string[]): Promise<void> {
  const fabric = (await labContainers(name)).find(({ Labels }) => Labels['hadrill.node'] === 'fabric');
  const done = await execInContainer(engine.docker.getContainer(fabric!.Id), command);
  expect(done, command.join(' ')).toMatchObject({ exit_code: 0 });
}

/** Heals, and gives what it came to: its error, the steps on record, and what was noted. */
async function healed({ injection, notes }: Awaited<ReturnType<typeof inject>>) {
  const error = await injection.heal().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { healing = [], reverted_at } = injection.record;
  const steps = healing.map(({ step, outcome }) => `${step} ${outcome}`);
  return { error, said: messageOf(error), steps, reverted_at, notes };
}

test('a port that stays locked: the wire is plugged in anew, and the node goes on', async () => {
  const { pid } = lab.node('b');
  const broken = await inject(lab, 'blackhole', 'b:eth1');
  await inFabric('bridge', 'link', 'set', 'dev', portOf('b'), 'locked', 'on');
  const { error, said, steps, reverted_at, notes } = await healed(broken);
  expect(error, said).toBeInstanceOf(HealedOtherwise);
  expect(said).toMatch(/not healed by its own means: the port is still locked; healed by plugging its wires/);
  expect(steps).toEqual(['revert failed', 'replug healed']);
  expect(notes).toEqual(['apply', 'revert', 'heal-step', 'heal-step']);
  expect(reverted_at).not.toBeNull();
  await healthy(lab);
  expect(await lab.isRunning(lab.node('b'))).toBe(true);
  expect(lab.node('b').pid, 'it was not touched').toBe(pid);
});

test('a wire that is gone: its node is made anew', async () => {
  const { container_id } = lab.node('b');
  const broken = await inject(lab, 'cut', 'b:eth1');
  await inFabric('ip', 'link', 'delete', 'dev', portOf('b'));
  const { error, said, steps } = await healed(broken);
  expect(error, said).toBeInstanceOf(HealedOtherwise);
  expect(steps).toEqual(['revert failed', 'replug failed', 'recreate healed']);
  expect(lab.node('b').container_id).not.toBe(container_id);
  await healthy(lab);
  expect((await labContainers(name)).length, 'nothing is left of the old one').toBe(4);
});

test('what a command left in a node: no wire is touched, the node is made anew', async () => {
  const options = { apply: 'touch /run/broken', revert: 'test ! -e /run/broken' };
  const { error, said, steps } = await healed(await inject(lab, 'exec', 'c', options));
  expect(error, said).toBeInstanceOf(HealedOtherwise);
  expect(said).toContain('not tried by plugging its wires in anew: it is in no wire');
  expect(steps).toEqual(['revert failed', 'replug left-out', 'recreate healed']);
  expect((await lab.exec('c', ['test', '-e', '/run/broken'])).exit_code).toBe(1);
  await healthy(lab);
});

test('a victim that has ended by itself is not made anew: that is a finding', async () => {
  const broken = await inject(lab, 'exec', 'c', { apply: 'true', revert: 'true' });
  process.kill(lab.node('c').pid, 'SIGKILL');
  await waitUntil({
    what: 'the engine to notice that c has ended',
    timeout_ms: 10_000,
    check: async () => !(await lab.isRunning(lab.node('c'))),
  });
  const { error, said, steps, reverted_at } = await healed(broken);
  expect(error, said).toBeInstanceOf(NotHealed);
  expect(said).toContain("node 'c' has ended by itself");
  expect(steps).toEqual(['revert failed', 'replug left-out', 'recreate left-out']);
  expect(reverted_at).toBeNull();
  await lab.startNode(lab.node('c'));
});

test('what nothing has healed: only its own means are tried again, once the rest of the trial is healed', async () => {
  const options = { apply: 'true', revert: 'test -e /run/way-is-free' };
  const broken = await inject(lab, 'exec', 'c', options);
  const first = await healed(broken);
  expect(first.error, first.said).toBeInstanceOf(NotHealed);
  const tried = ['revert failed', 'replug left-out', 'recreate failed'];
  expect(first.steps).toEqual(tried);

  const { container_id } = lab.node('c');
  const second = await healed(broken);
  expect(second.error, 'the same words').toBe(first.error);
  expect(second.steps).toEqual(tried);
  expect(lab.node('c').container_id, 'it was not made anew again').toBe(container_id);

  expect(await lab.exec('c', ['touch', '/run/way-is-free'])).toMatchObject({ exit_code: 0 });
  const { error, steps, reverted_at, notes } = await healed(broken);
  expect(error).toBeUndefined();
  expect(steps).toEqual([...tried, 'revert healed']);
  expect(notes.filter((event) => event === 'not-healed')).toHaveLength(1);
  expect(reverted_at).not.toBeNull();
  await healthy(lab);
});

describe('whoever keeps a fault in effect is killed: it is healed all the same', () => {
  /** Those that a process keeps in effect, in the node or in the fabric. */
  const KEPT = ['cpu-starve', 'conntrack-full'];
  const rows = FAULT_DRILL_ROWS.filter(({ kind }) => KEPT.includes(kind));

  test.each(rows)('$kind of $target', async ({ kind, target, options = {} }: MatrixRow) => {
    await sleep(1000);
    const [before, ran] = [await labState(name), await labProcesses(name)];
    const broken = await inject(lab, kind, target, options);
    await sleep(1000);
    const known = new Set(ran.map(({ pid }) => pid));
    const keepers = (await labProcesses(name)).filter(({ pid }) => !known.has(pid));
    expect(keepers, 'a process keeps it in effect').not.toEqual([]);
    for (const { pid } of keepers) process.kill(pid, 'SIGKILL');
    await sleep(500);
    const { error, said, reverted_at } = await healed(broken);
    expect(error, said).toBeUndefined();
    expect(reverted_at).not.toBeNull();
    await healthy(lab);
    await sleep(1000);
    expect(changesSince(before, await labState(name))).toEqual([]);
  });
});
