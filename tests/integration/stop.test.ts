import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { findLab } from '../../harness/lab/find-lab.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { udp } from '../../harness/probes/udp/udp.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings, portStates, processes } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';
import { addPoliteService, goodbyes, pidsOf } from '../support/services.ts';

const MS = 1_000_000;

describe('stop', () => {
  const name = freshName('stop');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
    await lab.release();
    await addPoliteService(lab, 'victim1');
    await addPoliteService(lab, 'peer', true);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  const stateOf = async (node: string) =>
    (await engine.docker.getContainer(lab.node(node).container_id).inspect()).State;

  test('a process: it says goodbye, stays away, and its service starts it when it is healed', async () => {
    const before = await goodbyes(lab, 'victim1');
    const { injection } = await inject(lab, 'stop', 'victim1/polite');
    expect(injection.record).toMatchObject({ kind: 'stop', resolved: 'victim1/polite', verified: true });
    expect(injection.fault).toMatchObject({ stops_forwarding: false, label: 'stop of victim1/polite' });
    expect(await processes(lab, 'victim1')).not.toContain('polite');
    expect(await goodbyes(lab, 'victim1')).toBe(before + 1);
    await injection.heal();
    expect(await processes(lab, 'victim1')).toContain('polite');
    await injection.fault.heal();
    expect(await pidsOf(lab, 'victim1', 'polite')).toHaveLength(1);
  });

  test('a process that its supervisor starts again whenever it ends stays away too, until it is healed', async () => {
    const { injection } = await inject(lab, 'stop', 'peer/polite');
    const ends_at = performance.now() + 2500;
    while (performance.now() < ends_at) {
      expect(await pidsOf(lab, 'peer', 'polite')).toEqual([]);
      await sleep(50);
    }
    await injection.heal();
    const [first] = await pidsOf(lab, 'peer', 'polite');
    await output(lab, 'peer', 'pkill', '-x', 'polite');
    await waitUntil({
      what: 'the supervisor to start it again, as before',
      timeout_ms: 10_000,
      check: async () => (await pidsOf(lab, 'peer', 'polite')).some((pid) => pid !== first),
    });
  });

  test('what something else starts again at once is not stopped', async () => {
    const script = 'cp /bin/sleep /run/stayer; (while :; do /run/stayer 5000; done) > /dev/null 2>&1 &';
    await output(lab, 'peer', 'sh', '-c', script);
    await waitUntil({
      what: 'it to run',
      timeout_ms: 5000,
      check: async () => (await pidsOf(lab, 'peer', 'stayer')).length > 0,
    });
    await expect(inject(lab, 'stop', 'peer/stayer')).rejects.toThrow(
      /did not take effect: stayer runs again on peer/,
    );
  });

  test('a host: its nodes end by themselves, in good order; healing brings all back', async () => {
    // A program of the fabric holds the namespace of victim1 beyond the node's end.
    const options = udp.options.parse({ kind: 'udp', from: 'peer', to: 'victim1', address: '198.18.1.1' });
    const probe = await udp.start(lab, 'holder', options);
    const { injection } = await inject(lab, 'stop', 'host:machine1');
    expect(injection.fault).toMatchObject({ departure: 'graceful', stops_forwarding: true });
    expect(injection.applied_error_ns, 'sharp').toBeLessThan(50 * MS);
    for (const node of ['victim1', 'victim2']) {
      // 128 + SIGKILL would be 137.
      expect(await stateOf(node), node).toMatchObject({ Running: false, ExitCode: 0 });
      await expect.poll(() => lab.log(node), { timeout: 10_000 }).toContain('boot: stopping');
    }
    expect(await portStates(lab, 'victim1', 'victim2')).not.toContain('forwarding');
    expect((await lab.exec('peer', ['ping', '-c', '1', '-W', '1', '198.18.1.1'])).exit_code).not.toBe(0);
    await probe.abandon();

    await injection.heal();
    expect(await portStates(lab, 'victim1', 'victim2')).toEqual(['forwarding', 'forwarding']);
    expect(await output(lab, 'victim2', 'cat', '/run/configured')).toBe('yes\n');
    for (const address of ['198.18.1.1', '198.18.1.2']) await pings(lab, 'peer', address);
    const { StartedAt: started } = await stateOf('victim1');
    await injection.fault.heal();
    expect((await stateOf('victim1')).StartedAt, 'healing twice is harmless').toBe(started);
    await addPoliteService(lab, 'victim1');
  });

  test('what does not run is nothing to stop', async () => {
    const { injection } = await inject(lab, 'stop', 'victim2');
    await expect(inject(lab, 'stop', 'victim2')).rejects.toThrow('victim2 does not run');
    await injection.heal();
    await pings(lab, 'peer', '198.18.1.2');
  });

  test.each(['victim1/polite', 'host:machine1'])(
    'when the command is killed while %s is stopped, the fabric starts it',
    async (target) => {
      const command = startHadrill(['fault', name, 'stop', target]);
      await command.said(/^stop of .*, at /m);
      command.signal('SIGKILL');
      await command.ended;
      const isWell = async (found: Lab) => {
        if (target.includes('/')) return (await pidsOf(found, 'victim1', 'polite')).length > 0;
        const ping = ['ping', '-c', '1', '-W', '1'];
        const answers = await Promise.all(
          ['198.18.1.1', '198.18.1.2'].map((address) => found.exec('peer', [...ping, address])),
        );
        return answers.every(({ exit_code }) => exit_code === 0);
      };
      await waitUntil({
        what: 'the fabric to have started it again',
        timeout_ms: 30_000,
        interval_ms: 200,
        check: async () => {
          const found = await findLab(engine, name);
          try {
            return await isWell(found);
          } finally {
            found.disconnect();
          }
        },
      });
    },
  );
});
