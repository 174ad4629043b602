import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { labNow } from '../../harness/lab/now.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings } from '../support/faults.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { refused } from '../support/refused.ts';
import { inShell } from '../support/shell.ts';

const [A, B] = ['198.18.1.1', '198.18.1.2'];
const name = freshName('exec-filter');
let lab: Lab;
beforeAll(async () => {
  lab = await up(engine, await loadTopology(topologyFile('small')), { name });
  await lab.release();
  await pings(lab, 'a', B);
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

async function exits(node: string, ...command: string[]): Promise<number> {
  return (await lab.exec(node, command)).exit_code;
}

/** How many of 40 pings come back. */
async function answered(): Promise<number> {
  const { stdout } = await lab.exec('a', ['ping', '-c', '40', '-i', '0.01', '-W', '0.2', B]);
  return Number(/(\d+) received/.exec(stdout)![1]);
}

describe('exec', () => {
  const options = { apply: 'touch /tmp/broken', revert: 'rm -f /tmp/broken' };
  const checks = { check: 'test -e /tmp/broken', check_reverted: 'test ! -e /tmp/broken' };

  test('runs both commands, looks at both ends, and knows when', async () => {
    const from_ns = await labNow(lab);
    const { injection, notes } = await inject(lab, 'exec', 'b', {
      ...options,
      ...checks,
      departure: 'abrupt',
    });
    expect(await exits('b', 'test', '-e', '/tmp/broken')).toBe(0);
    expect(injection.record).toMatchObject({ kind: 'exec', target: 'b', resolved: 'b', verified: true });
    expect(injection.facts).toMatchObject({ departure: 'abrupt', stops_forwarding: false });
    expect(injection.facts.before_ns).toBeGreaterThan(from_ns);
    expect(injection.facts.after_ns).toBeGreaterThan(injection.facts.before_ns);
    // What date(1) says around the file's own time, as the kernel stamped it.
    const [seconds, rest] = (await output(lab, 'b', 'date', '-r', '/tmp/broken', '+%s %N')).trim().split(' ');
    const made_ns = Number(BigInt(seconds!) * 1_000_000_000n + BigInt(rest!) - lab.agent.epoch_ns);
    // The kernel stamps files by its tick.
    expect(made_ns).toBeGreaterThan(injection.facts.before_ns - 12_000_000);
    expect(made_ns).toBeLessThan(injection.facts.after_ns);
    await injection.heal();
    expect(await exits('b', 'test', '-e', '/tmp/broken')).toBe(1);
    expect(notes).toEqual(['apply', 'revert']);
  });

  test('a command has the powers of the node, and no others', async () => {
    const apply = 'grep ^Cap /proc/self/status > /tmp/powers; cat /proc/self/cgroup >> /tmp/powers';
    const { injection } = await inject(lab, 'exec', 'b', { apply, revert: 'true' });
    await injection.heal();
    const own = await output(lab, 'b', 'sh', '-c', 'grep ^Cap /proc/self/status; cat /proc/self/cgroup');
    expect(await output(lab, 'b', 'cat', '/tmp/powers')).toBe(own);
  });

  test('what did not take effect is undone, and said', async () => {
    const bad = { ...options, apply: 'touch /tmp/broken; echo no such thing >&2; exit 7' };
    await expect(inject(lab, 'exec', 'b', bad)).rejects.toThrow(/on 'b' ended with 7: no such thing/);
    expect(await exits('b', 'test', '-e', '/tmp/broken')).toBe(1);
    const unseen = { ...options, check: 'test -e /tmp/other', timeout: '500ms' };
    await expect(inject(lab, 'exec', 'b', unseen)).rejects.toThrow(/did not take effect: check 'test -e/);
    expect(await exits('b', 'test', '-e', '/tmp/broken')).toBe(1);
  });

  test.each(['SIGKILL', 'SIGINT'] as const)('%s of the command: it is healed', async (signal) => {
    const words = ['--option', `apply=${options.apply}`, '--option', `revert=${options.revert}`];
    const command = startHadrill(['fault', name, 'exec', 'b', '--for', '60s', ...words]);
    await command.said(/'touch \/tmp\/broken' on b/);
    expect(await exits('b', 'test', '-e', '/tmp/broken')).toBe(0);
    command.signal(signal);
    await waitUntil({
      what: 'the revert command to have run',
      timeout_ms: 15_000,
      check: async () => (await exits('b', 'test', '-e', '/tmp/broken')) === 1,
    });
  });
});

describe('filter', () => {
  test('drops its protocol and nothing else, until it is healed', async () => {
    const ping = output(lab, 'a', 'sh', '-c', `ping -i 0.02 -W 0.2 -c 60 ${B} > /tmp/pings; true`);
    const { injection } = await inject(lab, 'filter', 'b:eth1', { protocol: 'icmp' });
    expect(injection.record).toMatchObject({ resolved: 'b:eth1', verified: true });
    await ping;
    expect(await output(lab, 'a', 'cat', '/tmp/pings')).not.toContain(' 0% packet loss');
    // ARP passes.
    await output(lab, 'a', 'ip', 'neigh', 'flush', 'dev', 'eth1');
    await lab.exec('a', ['ping', '-c', '1', '-W', '0.2', B]);
    expect(await output(lab, 'a', 'ip', 'neigh', 'show', B)).toContain('lladdr');
    expect(await answered()).toBe(0);
    await injection.heal();
    expect(await answered()).toBe(40);
  });

  test('SIGKILL of the command: the rules go', async () => {
    const busy = lab.exec('a', ['ping', '-c', '200', '-i', '0.02', '-W', '0.2', B]);
    const words = ['--option', 'protocol=icmp', '--option', 'direction=to', '--for', '60s'];
    const command = startHadrill(['fault', name, 'filter', 'b:eth1', ...words]);
    await command.said(/filter of b:eth1 \(icmp to it\)/);
    command.signal('SIGKILL');
    await waitUntil({
      what: 'frames to pass again',
      timeout_ms: 10_000,
      check: async () => (await exits('a', 'ping', '-c', '1', '-W', '1', B)) === 0,
    });
    await busy;
  });

  test('what it cannot be aimed at, or told, is refused', async () => {
    const refusals: [string[], RegExp][] = [
      [['filter', 'b'], /filter cannot be aimed at 'b'/],
      [['filter', 'b:eth1', '--option', 'protocol=ospf'], /not 'ospf'/],
    ];
    for (const [words, message] of refusals)
      expect((await refused(['fault', name, ...words, '--for', '1s'], 2)).stderr).toMatch(message);
    await pings(lab, 'b', A);
  });
});

describe('hadrill logs', () => {
  const logged = (...words: string[]) =>
    output(lab, 'a', 'sh', '-c', `printf '%b\\n' '${words.join("' '")}' > /proc/1/fd/1`);

  test('shows what a node has logged, line by line, and nothing that a terminal obeys', async () => {
    await logged('first', 'se\\033[2Jcond', 'last');
    const all = await hadrill(['logs', name, 'a']);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(/^first\n.*cond\nlast\n/m);
    expect(all.stdout).not.toContain('\u001b');
    expect((await hadrill(['logs', name, 'a', '--tail', '1'])).stdout).toBe('last\n');
    const timed = await hadrill(['logs', name, 'a', '--tail', '1', '--timestamps']);
    expect(timed.stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z last\n$/);
  });

  test('--follow goes on, until nobody reads it any more', async () => {
    let over = false;
    const read = inShell(`hadrill logs ${name} a --tail 0 --follow | head -1`).finally(() => {
      over = true;
    });
    await waitUntil({
      what: 'a line that was logged later to be read',
      timeout_ms: 30_000,
      interval_ms: 200,
      check: async () => {
        await logged('later');
        return over;
      },
    });
    expect(await read).toMatchObject({ code: 0, stdout: 'later\n' });
  });

  test('a node that is not there is refused, with those that are', () =>
    expect(refused(['logs', name, 'z'], 2)).resolves.toMatchObject({
      stderr: expect.stringContaining("has no node 'z'; it has a, b") as unknown,
    }));
});
