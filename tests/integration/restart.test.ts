import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings, portStates } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { refused } from '../support/refused.ts';
import { addPoliteService, goodbyes, pidsOf } from '../support/services.ts';

describe('restart', () => {
  const name = freshName('restart');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
    await lab.release();
    await addPoliteService(lab, 'peer');
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  const stateOf = async (node: string) =>
    (await engine.docker.getContainer(lab.node(node).container_id).inspect()).State;

  test.each([
    { signal: 'SIGTERM', said: 1, options: {} },
    { signal: 'SIGKILL', said: 0, options: { signal: 'kill' } },
  ])(
    'a process by $signal: another runs in its place when it is applied',
    async ({ signal, said, options }) => {
      const [before, old] = [await goodbyes(lab, 'peer'), await pidsOf(lab, 'peer', 'polite')];
      const { injection } = await inject(lab, 'restart', 'peer/polite', options);
      expect(injection.fault).toMatchObject({
        label: `restart of peer/polite (${signal})`,
        stops_forwarding: false,
        comes_back: true,
      });
      const fresh = await pidsOf(lab, 'peer', 'polite');
      expect(fresh).toHaveLength(1);
      expect(fresh).not.toEqual(old);
      expect(await goodbyes(lab, 'peer')).toBe(before + said);
      await injection.heal();
      expect(await pidsOf(lab, 'peer', 'polite'), 'it runs, so it is left alone').toEqual(fresh);
    },
  );

  test('it stays down for as long as it is told to', async () => {
    const work = inject(lab, 'restart', 'peer/polite', { down: '1500ms' });
    const looks: number[] = [];
    const from = performance.now();
    while (performance.now() - from < 1200) {
      looks.push((await pidsOf(lab, 'peer', 'polite')).length);
      await sleep(50);
    }
    const { injection } = await work;
    expect(looks.at(-1)).toBe(0);
    expect(await pidsOf(lab, 'peer', 'polite')).toHaveLength(1);
    await injection.heal();
  });

  test('what ended after it was restarted runs again when it is healed', async () => {
    const { injection } = await inject(lab, 'restart', 'peer/polite');
    await output(lab, 'peer', 'pkill', '-KILL', '-x', 'polite');
    await waitUntil({
      what: 'it to be dead',
      timeout_ms: 5000,
      check: async () => (await pidsOf(lab, 'peer', 'polite')).length === 0,
    });
    await injection.heal();
    expect(await pidsOf(lab, 'peer', 'polite')).toHaveLength(1);
  });

  test('also where its supervisor would start it again at once', async () => {
    await addPoliteService(lab, 'victim1', true);
    await inject(lab, 'restart', 'victim1/polite');
    const from = performance.now();
    const { injection } = await inject(lab, 'restart', 'victim1/polite', { down: '2500ms' });
    expect(performance.now() - from).toBeGreaterThan(2500);
    expect(await pidsOf(lab, 'victim1', 'polite')).toHaveLength(1);
    await injection.heal();
  });

  test.each([
    { signal: 'SIGTERM', code: 0, options: {} },
    { signal: 'SIGKILL', code: 137, options: { signal: 'SIGKILL', down: '500ms' } },
  ])('a host by $signal: its nodes run anew, wired and configured', async ({ signal, code, options }) => {
    const before = [await stateOf('victim1'), await stateOf('victim2')];
    const ends: Promise<{ StatusCode: number }>[] = ['victim1', 'victim2'].map((node) =>
      engine.docker.getContainer(lab.node(node).container_id).wait(),
    );
    const { injection } = await inject(lab, 'restart', 'host:machine1', options);
    expect((await Promise.all(ends)).map((end) => end.StatusCode)).toEqual([code, code]);
    expect(injection.fault).toMatchObject({
      departure: signal === 'SIGKILL' ? 'abrupt' : 'graceful',
      stops_forwarding: true,
    });
    for (const [at, node] of ['victim1', 'victim2'].entries()) {
      const { Running: running, Pid: pid } = await stateOf(node);
      expect(running).toBe(true);
      expect(pid).not.toBe(before[at]!.Pid);
    }
    expect(await portStates(lab, 'victim1', 'victim2')).toEqual(['forwarding', 'forwarding']);
    expect(await output(lab, 'victim2', 'cat', '/run/configured')).toBe('yes\n');
    for (const address of ['198.18.1.1', '198.18.1.2']) await pings(lab, 'peer', address);
    const { StartedAt: started } = await stateOf('victim1');
    await injection.heal();
    expect((await stateOf('victim1')).StartedAt).toBe(started);
  });

  test('when the command is killed afterwards, the fabric leaves the node alone', async () => {
    const command = startHadrill(['fault', name, 'restart', 'victim1']);
    await command.said(/^restart of victim1 \(SIGTERM\), at /m);
    const index = await output(lab, 'victim1', 'cat', '/sys/class/net/eth1/ifindex');
    const { StartedAt: started } = await stateOf('victim1');
    command.signal('SIGKILL');
    await command.ended;
    await sleep(3000);
    expect((await stateOf('victim1')).StartedAt).toBe(started);
    expect(await output(lab, 'victim1', 'cat', '/sys/class/net/eth1/ifindex'), 'the same wire').toBe(index);
    await pings(lab, 'peer', '198.18.1.1');
  });

  test('when the command is killed while it is down, the fabric starts it', async () => {
    const { Pid: old } = await stateOf('victim2');
    const command = startHadrill(['fault', name, 'restart', 'victim2', '--option', 'down=60s']);
    await waitUntil({
      what: 'the node to be down',
      timeout_ms: 20_000,
      check: async () => !(await stateOf('victim2')).Running,
    });
    command.signal('SIGKILL');
    await command.ended;
    await waitUntil({
      what: 'the fabric to have started it',
      timeout_ms: 30_000,
      check: async () => {
        const { Running: running, Pid: pid } = await stateOf('victim2');
        if (!running || pid === old) return false;
        return (await lab.exec('peer', ['ping', '-c', '1', '-W', '1', '198.18.1.2'])).exit_code === 0;
      },
    });
  });

  test.each([
    ['peer/polite', 'signal=SIGUSR1', /SIGUSR1 does not end a process; these do: SIGKILL, SIGTERM/],
    ['victim1', 'signal=SIGINT', /a node is restarted by SIGTERM or SIGKILL, not by SIGINT/],
    ['victim1', 'down=soon', /'soon' is not a duration/],
    ['victim1', 'down=2m', /a restart is down for 60s at most, not 2m/],
    ['victim1', 'pause=2s', /restart has no option 'pause'/],
  ])('%s with %s is refused', async (target, option, message) => {
    const done = await refused(['fault', name, 'restart', target, '--option', option], 2);
    expect(done.stderr).toMatch(message);
  });
});
