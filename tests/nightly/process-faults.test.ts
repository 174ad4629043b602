import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { inject, output, pings, processes } from '../support/faults.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';
import { goodbyes, pidsOf } from '../support/services.ts';
import { rate, startTicker, ticks } from '../support/ticker.ts';
import { expectTicking, tickingHosts } from '../support/ticking-hosts.ts';

const name = freshName('process-faults');
let lab: Lab;

beforeAll(async () => {
  lab = await tickingHosts(name);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

const whole = () => expectTicking(lab);

describe('pause', () => {
  test('a host stands still, the kernel answers on, the other host runs; it goes on when healed', async () => {
    const { injection, notes } = await inject(lab, 'pause', 'host:machine1');
    expect(injection.record).toMatchObject({ resolved: 'host:machine1 (victim1, victim2)', verified: true });
    expect(injection.facts).toMatchObject({ departure: 'abrupt', stops_forwarding: false });
    expect([await rate(lab, 'victim1'), await rate(lab, 'victim2')]).toEqual([0, 0]);
    expect(await rate(lab, 'peer')).toBeGreaterThan(20);
    await pings(lab, 'peer', '198.18.1.1');
    await expect(inject(lab, 'pause', 'victim1')).rejects.toThrow(
      /victim1 does not run, or is paused already/,
    );
    expect(await rate(lab, 'victim1'), 'the second one has not healed the first').toBe(0);
    await injection.heal();
    await whole();
    await injection.fault.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    expect(notes).toEqual(['apply', 'revert']);
  });
});

describe('reboot', () => {
  test('a node is gone and comes back by itself', async () => {
    const before = lab.node('victim2').pid;
    const { injection } = await inject(lab, 'reboot', 'victim2', { down: '1s' });
    expect(injection.fault.label).toBe('reboot of victim2');
    expect(lab.node('victim2').pid).not.toBe(before);
    await output(lab, 'victim2', 'test', '-e', '/run/configured');
    await injection.heal();
    await pings(lab, 'peer', '198.18.1.2');
    await startTicker(lab, 'victim2');
  });
});

describe('cpu-starve', () => {
  test('nodes run in bursts, the other host as before; nothing of it is left', async () => {
    const { injection } = await inject(lab, 'cpu-starve', 'host:machine1', { percent: '2', period: '1s' });
    expect(injection.fault.label).toBe(
      'starvation of host:machine1 (victim1, victim2) (2 % of a processor, every 1000 ms)',
    );
    // Its burst lasts some 20 ms: two or three ticks.
    for (const node of ['victim1', 'victim2']) expect(await rate(lab, node), node).toBeLessThan(20);
    expect(await rate(lab, 'peer')).toBeGreaterThan(20);
    expect(await processes(lab, 'victim1'), 'what uses the time up is not the node’s').not.toContain('sh');
    await injection.heal();
    await whole();
    expect(await output(lab, 'victim1', 'ps', '-e', '-o', 'args=')).not.toContain('while :; do :; done');
    await injection.fault.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
  });

  test('a limit of its own comes back', async () => {
    const id = lab.node('victim1').container_id;
    await engine.docker.getContainer(id).update({ CpuPeriod: 50_000, CpuQuota: 40_000 });
    const before = await lab.agent.call('processor_limits', { container_ids: [id] });
    expect(before[0]).toMatchObject({ quota_us: 40_000, period_us: 50_000 });
    const { injection } = await inject(lab, 'cpu-starve', 'victim1');
    expect((await lab.agent.call('processor_limits', { container_ids: [id] }))[0]).toMatchObject({
      quota_us: 50_000,
      period_us: 1_000_000,
    });
    await injection.heal();
    expect((await lab.agent.call('processor_limits', { container_ids: [id] }))[0]).toMatchObject({
      quota_us: 40_000,
      period_us: 50_000,
    });
    await engine.docker.getContainer(id).update({ CpuPeriod: 100_000, CpuQuota: -1 });
  });
});

describe('kill-loop', () => {
  test('whatever starts it again, it dies again; it runs when it is healed', async () => {
    const { injection } = await inject(lab, 'kill-loop', 'victim1/polite');
    const said = await goodbyes(lab, 'victim1');
    // runit waits a second between two starts.
    await sleep(2500);
    const loop = { key: injection.fault.guard[0]!.args as { key: string } }.key;
    const state = await lab.agent.call('kill_loop', loop);
    expect(state!.killed).toBeGreaterThan(1);
    await injection.heal();
    await whole();
    const pids = await pidsOf(lab, 'victim1', 'polite');
    await sleep(1500);
    expect(await pidsOf(lab, 'victim1', 'polite'), 'it lives on').toEqual(pids);
    expect(await goodbyes(lab, 'victim1'), 'none was asked').toBe(said);
    expect(await lab.agent.call('kill_loop', loop)).toBeNull();
  });

  test('each may live for a while', async () => {
    const { injection } = await inject(lab, 'kill-loop', 'victim1/polite', { lives: '3s' });
    const next = async (before: readonly number[]) => {
      let now: number[] = [];
      await waitUntil({
        what: 'another to live',
        timeout_ms: 8000,
        check: async () => {
          now = await pidsOf(lab, 'victim1', 'polite');
          return now.length > 0 && now[0] !== before[0];
        },
      });
      return now;
    };
    const first = await next([]);
    await sleep(500);
    expect(await pidsOf(lab, 'victim1', 'polite')).toEqual(first);
    await next(first);
    await injection.heal();
    await whole();
  });
});

describe('oom', () => {
  /** Of the node's control group, as the node itself sees it. */
  const kills = async () => {
    const files = ['/sys/fs/cgroup/memory/memory.oom_control', '/sys/fs/cgroup/memory.events'];
    const text = await output(lab, 'victim1', 'sh', '-c', `cat ${files.join(' ')} 2> /dev/null || :`);
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1]);
  };
  const limits = () =>
    output(
      lab,
      'victim1',
      'sh',
      '-c',
      'cd /sys/fs/cgroup; cat memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes memory.max memory.swap.max 2> /dev/null || :',
    );

  test('the kernel ends that process and no other, and the limit is gone', async () => {
    const [before, at_first, pids] = [await kills(), await limits(), await pidsOf(lab, 'victim1', 'polite')];
    const ticker = await pidsOf(lab, 'victim1', 'ticker');
    const { injection } = await inject(lab, 'oom', 'victim1/polite');
    expect(injection.applied_error_ns).toBeLessThan(2e9);
    expect(await kills()).toBeGreaterThan(before);
    expect(await pidsOf(lab, 'victim1', 'polite')).not.toEqual(pids);
    expect(await limits()).toBe(at_first);
    await injection.heal();
    await whole();
    expect(await pidsOf(lab, 'victim1', 'ticker')).toEqual(ticker);
  });
});

describe('fd-exhaust', () => {
  test('it can open no file, what is open works; it can again when it is healed', async () => {
    expect((await ticks(lab, 'victim1')).said).toBe('opens');
    const { injection } = await inject(lab, 'fd-exhaust', 'victim1/ticker');
    await waitUntil({
      what: 'it to be refused',
      timeout_ms: 5000,
      check: async () => (await ticks(lab, 'victim1')).said === 'Too many open files',
      lastSeen: () => 'see /run/ticks',
    });
    expect((await ticks(lab, 'victim2')).said).toBe('opens');
    await injection.heal();
    await sleep(200);
    expect((await ticks(lab, 'victim1')).said).toBe('opens');
    await injection.fault.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
  });
});
