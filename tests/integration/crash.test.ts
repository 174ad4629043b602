import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../harness/ground/errors.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { framesOf } from '../../harness/observe/frame.ts';
import { openPcap } from '../../harness/observe/pcap.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings, portStates, processes } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const GOODBYES = 'tcp[tcpflags] & (tcp-fin | tcp-rst) != 0';

describe('crash of a host with two nodes', () => {
  const name = freshName('crash');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  const addresses = (node: string) => output(lab, node, 'ip', '-oneline', 'address', 'show', 'dev', 'eth1');
  const macs = (node: string) => output(lab, node, 'cat', '/sys/class/net/eth1/address');

  /** Opens a TCP connection from victim1 to the peer that stays open and silent. */
  async function openSession(port: string): Promise<void> {
    await output(lab, 'peer', 'sh', '-c', `(sleep 600 | nc -lk ${port}) > /dev/null 2>&1 &`);
    await waitUntil({
      what: 'the server to listen',
      timeout_ms: 10_000,
      check: async () => (await output(lab, 'peer', 'ss', '-Hltn', `sport = :${port}`)) !== '',
    });
    await output(lab, 'victim1', 'sh', '-c', `(sleep 600 | nc 198.18.1.9 ${port}) > /dev/null 2>&1 &`);
    await waitUntil({
      what: 'the session to be open',
      timeout_ms: 10_000,
      check: async () => (await established(port)) === 1,
    });
  }

  async function established(port: string): Promise<number> {
    const lines = await output(lab, 'peer', 'ss', '-Htn', 'state', 'established', `sport = :${port}`);
    return lines.split('\n').length - 1;
  }

  /** How many segments with FIN or RST crossed the wire during some work. */
  async function goodbyesDuring(work: () => Promise<void>): Promise<number> {
    const capture = {
      name: freshName(),
      bridges: ['lan'],
      capture_filter: GOODBYES,
      snap_bytes: 96,
      most_packets: 1e6,
    };
    await lab.agent.call('start_capture', capture);
    await work();
    // tcpdump hands a packet over up to a second after it came by (pcap(3), packet buffer timeout).
    await sleep(1500);
    const [file] = await lab.agent.call('stop_capture', { name: capture.name });
    expect(file!.dropped).toBe(0);
    return [...framesOf(openPcap(await lab.agent.readFile(file!.path), 'goodbyes'), lab.agent.epoch_ns)]
      .length;
  }

  test('kills every process, cuts the ports, and nobody says goodbye; healing brings all back', async () => {
    const before = [await addresses('victim1'), await macs('victim1'), await macs('victim2')];
    await openSession('7010');
    let crashed: Awaited<ReturnType<typeof inject>> | undefined;
    const goodbyes = await goodbyesDuring(async () => {
      crashed = await inject(lab, 'crash', 'host:machine1');
    });
    const { injection, notes } = crashed!;
    expect(notes).toEqual(['apply']);
    expect(injection.record).toMatchObject({
      kind: 'crash',
      target: 'host:machine1',
      resolved: 'host:machine1 (victim1, victim2)',
      verified: true,
      reverted_at: null,
    });
    expect(injection.applied_error_ns).toBeGreaterThan(0);
    expect(await processes(lab, 'victim1')).toEqual([]);
    expect(await processes(lab, 'victim2')).toEqual([]);
    expect(await portStates(lab, 'victim1', 'victim2')).not.toContain('forwarding');
    expect(goodbyes).toBe(0);
    expect(await established('7010'), 'the peer knows nothing of it').toBe(1);
    expect((await lab.exec('peer', ['ping', '-c', '1', '-W', '1', '198.18.1.1'])).exit_code).not.toBe(0);
    expect(await portStates(lab, 'peer'), 'the other host is untouched').toEqual(['forwarding']);

    await injection.heal();
    expect(notes).toEqual(['apply', 'revert']);
    expect(injection.record.reverted_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    expect(await portStates(lab, 'victim1', 'victim2')).toEqual(['forwarding', 'forwarding']);
    const after = [await addresses('victim1'), await macs('victim1'), await macs('victim2')];
    // Interface numbers differ; what the network sees is the same.
    const seen = (text: string) => text.replace(/^\d+: |eth1@if\d+|valid_lft.*$/gm, '');
    expect(after.map(seen)).toEqual(before.map(seen));
    expect(await output(lab, 'victim2', 'cat', '/run/configured')).toBe('yes\n');
    await pings(lab, 'peer', '198.18.1.1');
    await pings(lab, 'peer', '198.18.1.2');
    await injection.heal();
    expect(notes, 'a second revert does nothing').toEqual(['apply', 'revert']);
  });

  test('a process that merely ends does say goodbye, and the capture sees it', async () => {
    await openSession('7011');
    const goodbyes = await goodbyesDuring(async () => {
      await output(lab, 'victim1', 'pkill', '-x', 'nc');
    });
    expect(goodbyes).toBeGreaterThan(0);
    expect(await established('7011')).toBe(0);
  });

  test('can be done again and again', async () => {
    for (const target of ['host:machine1', 'victim1', 'host:machine1']) {
      const { injection } = await inject(lab, 'crash', target);
      expect(injection.record.verified).toBe(true);
      await injection.heal();
      await pings(lab, 'peer', '198.18.1.1');
    }
  });

  test('a target that is nothing is refused before anything is broken', async () => {
    for (const target of ['nobody', 'host:nowhere', 'master(router)', 'active(vip)']) {
      const failure = await inject(lab, 'crash', target).catch((error: unknown) => error);
      expect(failure, target).toBeInstanceOf(InputError);
    }
    expect(await portStates(lab, 'victim1', 'victim2', 'peer')).toEqual(Array(3).fill('forwarding'));
  });

  describe('from the command line', () => {
    /** The lab as it is now: the command restarts nodes behind our back. */
    async function now<T>(look: (lab: Lab) => Promise<T>): Promise<T> {
      const found = await findLab(engine, name);
      try {
        return await look(found);
      } finally {
        found.disconnect();
      }
    }
    const isWell = () => now((found) => pings(found, 'peer', '198.18.1.1'));

    test('--for heals by itself', async () => {
      const command = startHadrill(['fault', name, 'crash', 'victim1', '--for', '1s']);
      await command.said(/^crash of victim1, at /m);
      expect(await now((found) => portStates(found, 'victim1'))).not.toContain('forwarding');
      const done = await command.ended;
      expect(done).toMatchObject({ code: 0, stdout: '' });
      expect(done.stderr).toMatch(/^healed, at \S+Z$/m);
      await isWell();
    });

    test('when the command is killed, the fabric heals in its place', async () => {
      const command = startHadrill(['fault', name, 'crash', 'host:machine1']);
      await command.said(/^crash of host:machine1 \(victim1, victim2\), at /m);
      command.signal('SIGKILL');
      expect((await command.ended).code).toBeUndefined();
      await waitUntil({
        what: 'the fabric to have healed the crash',
        timeout_ms: 30_000,
        interval_ms: 200,
        check: () =>
          now(async (found) => {
            if (!(await Promise.all(found.nodes.map((node) => found.isRunning(node)))).every(Boolean)) return;
            const ping = ['ping', '-c', '1', '-W', '1'];
            const [first, second] = await Promise.all(
              ['198.18.1.1', '198.18.1.2'].map((address) => found.exec('peer', [...ping, address])),
            );
            return first!.exit_code === 0 && second!.exit_code === 0;
          }),
      });
    });

    test.each([
      { args: [], code: 0 },
      { args: ['--for', '60s'], code: 130 },
    ])('Ctrl-C heals (options: $args)', async ({ args, code }) => {
      const command = startHadrill(['fault', name, 'crash', 'host:machine1', ...args]);
      await command.said(/^crash of host:machine1 \(victim1, victim2\), at /m);
      command.signal('SIGINT');
      const done = await command.ended;
      expect(done.stderr).toMatch(/^healed, at \S+Z$/m);
      expect(done.code).toBe(code);
      await isWell();
    });
  });
});
