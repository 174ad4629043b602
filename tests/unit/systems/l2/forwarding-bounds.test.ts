/** The values were seen on Open vSwitch 3.5.0: how long numbered frames did not get through a switch. */
import { describe, expect, test } from 'vitest';
import { readSwitchSettings } from '../../../../harness/systems/l2/config/switch-settings.ts';
import {
  type DaemonLoss,
  daemonLoss,
  FLOWS_KEPT,
  lastMonitorStart,
  returnOf,
} from '../../../../harness/systems/l2/findings/daemon-loss.ts';
import {
  type Circumstances,
  type Gap,
  gapsOf,
  nextAttemptMs,
  wiringBound,
} from '../../../../harness/systems/l2/findings/forwarding-bounds.ts';

const AT: Circumstances = { datapath: 'netdev', agent_runs: true, by_trunk: false };
const KERNEL: Circumstances = { ...AT, datapath: 'system' };

function settings(env: Record<string, string> = {}) {
  return readSwitchSettings(env, []).settings;
}

function loss(daemon: DaemonLoss['daemon'], more: Partial<DaemonLoss> = {}): DaemonLoss {
  return { node: 'sw1', daemon, signal: 'SIGKILL', ...more };
}

/** Whether an outage is allowed. */
function allows(gap: Gap | undefined, ms: number): boolean {
  if (gap === undefined || typeof gap === 'string') throw new Error(`no bound: ${gap}`);
  return gap.low <= ms && ms <= gap.high;
}

describe('the agent is not in the path of frames', () => {
  test.each(['SIGKILL', 'SIGSTOP', 'SIGTERM'])('%s', (signal) => {
    expect(gapsOf(loss('agent', { signal }), settings(), AT)).toEqual({
      all: { low: 0, high: 0, from: 'the agent is not in the path of frames' },
    });
  });

  test('a restart costs nothing, but one that drops flows: 2.21 s with a delay of 2 s', () => {
    const restart = loss('agent', { signal: 'SIGTERM', down_ms: 0 });
    expect(gapsOf(restart, settings({ START_DELAY: '2' }), AT).all).toMatchObject({ low: 0, high: 0 });
    const dropping = settings({ START_DELAY: '2', DROP_FLOWS_ON_START: 'true' });
    const { all } = gapsOf(restart, dropping, { ...AT, by_trunk: true });
    expect(all).toMatchObject({ low: 2000, high: 2500 });
    expect(allows(all, 2210)).toBe(true);
    // What stays in the switch needs no answer of the server.
    expect(gapsOf(restart, dropping, AT).all).toMatchObject({ low: 0, high: 500 });
    // Nothing starts it: nothing is dropped.
    expect(gapsOf(loss('agent'), dropping, AT).all).toMatchObject({ high: 0 });
  });
});

describe('a hot restart of ovs-vswitchd: 0.58 s', () => {
  const restarted = loss('vswitchd', { signal: FLOWS_KEPT });

  test.each([true, false])('whether the agent runs or not: %s', (agent_runs) => {
    const { all } = gapsOf(restarted, settings(), { ...AT, agent_runs });
    expect(all).toMatchObject({ low: 0, high: 1500 });
    expect(allows(all, 585)).toBe(true);
  });

  test('with a controller its flows are not its own', () => {
    expect(gapsOf(restarted, settings({ CONTROLLER: 'on' }), AT).all).toEqual(expect.any(String));
  });

  test('the control: a restart that keeps no flows waits for the agent', () => {
    const plain = loss('vswitchd', { signal: 'SIGTERM', down_ms: 0 });
    expect(gapsOf(plain, settings(), { ...AT, agent_runs: false }).all).toMatch(/^nothing writes the flows/);
  });
});

describe('ovs-vswitchd dies', () => {
  const back = loss('vswitchd', { down_ms: 1000 });

  test('secure, back after 1 s, polled every 2 s: 3.32 s', () => {
    const { all, new_flows } = gapsOf(back, settings(), AT);
    expect(all).toEqual({
      ...{ low: 1000, high: 4000 },
      from: 'ovs-vswitchd is down for 1 s, + up to 0.5 s to start, + up to polling interval 2 s, + up to 0.5 s to write the flows',
    });
    expect(allows(all, 3320)).toBe(true);
    expect(new_flows).toBeUndefined();
  });

  test('with the agent dead never', () => {
    expect(gapsOf(back, settings(), { ...AT, agent_runs: false }).all).toBe(
      'nothing writes the flows of a new ovs-vswitchd: l2-agent does not run',
    );
  });

  test('standalone: 1.28 s in the switch; by the wire to others the flows of the agent are needed', () => {
    const standalone = settings({ FAIL_MODE: 'standalone', PHYS_FAIL_MODE: 'standalone' });
    const { all } = gapsOf(back, standalone, { ...AT, agent_runs: false });
    expect(all).toMatchObject({ low: 1000, high: 1800 });
    expect(allows(all, 1280)).toBe(true);
    const across = gapsOf(back, standalone, { ...AT, by_trunk: true }).all;
    expect(across).toMatchObject({ low: 1000, high: 4000 });
    expect(allows(across, 3065)).toBe(true);
    expect(gapsOf(back, standalone, { ...AT, by_trunk: true, agent_runs: false }).all).toMatch(
      /^nothing writes/,
    );
  });

  test('the kernel forwards what it has cached: new flows alone wait', () => {
    const { all, new_flows } = gapsOf(back, settings(), KERNEL);
    expect(all).toMatchObject({ low: 0, high: 4000 });
    expect(new_flows).toMatchObject({ low: 1000, high: 4000 });
    const dead = gapsOf(back, settings(), { ...KERNEL, agent_runs: false });
    expect(dead.all).toMatchObject({ low: 0, high: 0 });
    expect(dead.new_flows).toMatch(/^nothing writes the flows/);
  });

  test('its monitor starts it after SIGSEGV, and not after SIGKILL', () => {
    const monitored = settings({ MONITOR: 'on' });
    expect(returnOf(loss('vswitchd', { signal: 'SIGSEGV' }), monitored)).toMatchObject({ low: 0, high: 0 });
    expect(returnOf(loss('vswitchd'), monitored)).toBe(
      'the monitor of ovs-vswitchd does not start it again after SIGKILL',
    );
  });

  test('its monitor starts it at most once in 10 s', () => {
    const again = loss('vswitchd', { signal: 'SIGSEGV' });
    expect(returnOf(again, settings({ MONITOR: 'on' }), 4000)).toMatchObject({ low: 5000, high: 7000 });
    expect(returnOf(again, settings({ MONITOR: 'on' }), 12_000)).toMatchObject({ low: 0, high: 0 });
  });

  test('its monitor counts from its own start, not from the crash', () => {
    const segv = (at_ms: number) => ({ at_ms, signal: 'SIGSEGV' });
    expect(lastMonitorStart([])).toBeUndefined();
    expect(lastMonitorStart([segv(100)])).toBe(100);
    // After 5 s it waits for 5 more.
    expect(lastMonitorStart([segv(100), segv(5100)])).toBe(10_100);
    expect(lastMonitorStart([segv(100), segv(5100), segv(30_000)])).toBe(30_000);
    expect(lastMonitorStart([{ at_ms: 100, signal: 'SIGKILL' }])).toBeUndefined();
  });

  test('nothing starts it, or the init does', () => {
    expect(returnOf(loss('vswitchd'), settings())).toBe(
      'nothing starts ovs-vswitchd again: it is not in RESPAWN',
    );
    expect(returnOf(loss('vswitchd'), settings({ RESPAWN: 'ovs-vswitchd' }))).toMatchObject({ high: 1000 });
  });
});

test('ovs-vswitchd hangs for 2 s: 2.01 s', () => {
  const hung = loss('vswitchd', { signal: 'SIGSTOP', hung: { low_ms: 2000, high_ms: 2020 } });
  const { all } = gapsOf(hung, settings(), AT);
  expect(all).toMatchObject({ low: 1850, high: 2070 });
  expect(allows(all, 2010)).toBe(true);
  expect(gapsOf(hung, settings(), KERNEL)).toMatchObject({ all: { high: 0 }, new_flows: { high: 2070 } });
  expect(gapsOf({ ...hung, hung: undefined } as never, settings(), AT).all).toBe('it hangs until healing');
});

describe('ovsdb-server', () => {
  test.each([
    [0, 1000],
    [2070, 3000],
    [3000, 3000],
    [4300, 7000],
    [7001, 15_000],
    [15_001, 23_000],
    [23_500, 31_000],
  ])('back after %i ms, connected after %i ms', (back, connected) => {
    expect(nextAttemptMs(back)).toBe(connected);
  });

  test('in user space frames stop with it: back after 2.07 s, 3.00 s; the kernel forwards on', () => {
    const dead = loss('ovsdb', { down_ms: 2070 });
    const { all } = gapsOf(dead, settings(), AT);
    expect(all).toMatchObject({ low: 3000, high: 3500 });
    expect(allows(all, 3000)).toBe(true);
    expect(gapsOf(dead, settings(), KERNEL).all).toMatchObject({ low: 0, high: 0 });
  });

  test('a start that reaches over an attempt: the next one may be it', () => {
    expect(gapsOf(loss('ovsdb', { down_ms: 2700 }), settings(), AT).all).toMatchObject({
      low: 3000,
      high: 7500,
    });
  });

  test('one that hangs for 3 s costs nothing', () => {
    expect(gapsOf(loss('ovsdb', { signal: 'SIGSTOP' }), settings(), AT).all).toMatchObject({ high: 0 });
  });
});

describe('the controller is gone', () => {
  const dead = loss('controller');

  test('standalone: new flows wait for 3 probes: 15.02 s', () => {
    const { all, new_flows } = gapsOf(dead, settings({ CONTROLLER: 'on', FAIL_MODE: 'standalone' }), AT);
    expect(all).toMatchObject({ low: 0, high: 0 });
    expect(new_flows).toMatchObject({ low: 14_500, high: 15_500 });
    expect(allows(new_flows, 15_020)).toBe(true);
  });

  test('secure: never', () => {
    expect(gapsOf(dead, settings({ CONTROLLER: 'on' }), AT).new_flows).toMatch(
      /fail mode secure no new flow/,
    );
  });
});

test('a port that is plugged in is wired in the next turn', () => {
  expect(wiringBound({ polling_ms: 2000 })).toMatchObject({ low: 0, high: 2500 });
});

describe('what a fault took of a switch', () => {
  const times = { before_ns: 1e9, after_ns: 1.001e9 };

  test('a daemon by the name of its process', () => {
    expect(daemonLoss('sw1/ovs-vswitchd', { ...times, signal: 'SIGSEGV' })).toEqual({
      ...{ node: 'sw1', daemon: 'vswitchd', signal: 'SIGSEGV' },
    });
    expect(daemonLoss('sw1/ovsdb-server', { ...times, signal: 'SIGKILL', down_ms: 2000 })).toMatchObject({
      daemon: 'ovsdb',
      down_ms: 2000,
    });
  });

  test('for how long it hung', () => {
    const mended = { from_ns: 3e9, until_ns: 3.02e9 };
    expect(daemonLoss('sw1/ovs-vswitchd', { ...times, signal: 'SIGSTOP', mended })?.hung).toEqual({
      low_ms: 1999,
      high_ms: 2020,
    });
  });

  test('nothing of a node, of another process, or in records of before', () => {
    expect(daemonLoss('sw1', { ...times, signal: 'SIGKILL' })).toBeUndefined();
    expect(daemonLoss('r1/keepalived', { ...times, signal: 'SIGKILL' })).toBeUndefined();
    expect(daemonLoss('sw1/ovs-vswitchd', times)).toBeUndefined();
  });
});
