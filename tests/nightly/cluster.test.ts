import { describe, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

const VIP = '198.18.1.100';
const ALERTS = '/run/hadrill/alerts';
/** For what daemons write when they come to it. */
const ASYNC = { timeout: 20_000 };

/** A lab of `topologies/lb`, gone when the test ends. */
async function balancers(topology: 'lb' | 'lb-3', env: Record<string, string> = {}): Promise<Lab> {
  const name = freshName(topology);
  const file = `${REPOSITORY}/topologies/lb/${topology}.clab.yml`;
  const lab = await up(engine, await loadTopology(file, { env }), { name });
  onTestFinished(async () => {
    lab.disconnect();
    await removeLabs(name);
  });
  return lab;
}

/** Where the cluster says that HAProxy runs; it and the address must run there for good, and nothing may have failed. */
function started(lab: Lab, by: string, timeout_ms = 40_000): Promise<string> {
  let last = '';
  return waitUntil({
    what: `${by} to say that the resources are started on one node`,
    timeout_ms,
    check: async () => {
      last = (await lab.exec(by, ['crm_mon', '-1', '-rf'])).stdout;
      const [vip, haproxy] = ['vip', 'haproxy'].map(
        (id) => new RegExp(`\\* ${id}\\s.*Started (\\S+)`).exec(last)?.[1],
      );
      return vip !== undefined && vip === haproxy && !last.includes('Failed') ? vip : undefined;
    },
    lastSeen: () => last,
  });
}

function online(lab: Lab, by: string, nodes: string): Promise<unknown> {
  return waitUntil({
    what: `${by} to see ${nodes}`,
    timeout_ms: 40_000,
    check: async () => (await lab.exec(by, ['crm_mon', '-1'])).stdout.includes(`* Online: [ ${nodes} ]`),
  });
}

/** Which node serves a page of a web server on the address; undefined when none does. */
async function answeredBy(lab: Lab): Promise<string | undefined> {
  const { stdout } = await lab.exec('client', ['curl', '-si', '--max-time', '5', `http://${VIP}/page`]);
  const served = /^HTTP\/1\.1 200 .*^web[12] \/page$/ms.test(stdout);
  return served ? /^x-node: (\S+)\r$/im.exec(stdout)?.[1] : undefined;
}

/** What a node's alert agent has noted. */
async function alerts(lab: Lab, node: string): Promise<string[][]> {
  return (await output(lab, node, 'cat', ALERTS))
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe('two balancers', () => {
  test('come up by themselves, stop in order, and come back without taking anything', async () => {
    const lab = await balancers('lb');
    const first = await started(lab, 'lb1');
    const second = first === 'lb1' ? 'lb2' : 'lb1';
    expect(await answeredBy(lab)).toBe(first);
    const started_haproxy = [
      expect.any(String),
      'resource',
      first,
      'haproxy',
      'start',
      '0',
      '0',
      '0',
      expect.stringMatching(/^\d+$/),
      'OK',
    ];
    // Pacemaker runs the agent beside what it reports.
    await expect.poll(() => alerts(lab, first), ASYNC).toContainEqual(started_haproxy);
    for (const fields of await alerts(lab, first)) {
      expect(fields).toHaveLength(10);
      expect(fields[0]).toMatch(/^\d{10}\.\d{6}$/);
    }

    const { injection } = await inject(lab, 'stop', first);
    expect(await started(lab, second)).toBe(second);
    expect(await answeredBy(lab)).toBe(second);
    await online(lab, second, second);
    // It said goodbye: nobody had to miss it.
    await expect.poll(() => lab.log(second, 200), ASYNC).toMatch(/Members left: [12]/);
    expect(await lab.log(second, 200)).not.toContain('Failed to receive the leave message');

    const log_of_first = await lab.log(first, 200);

    await injection.heal();
    await online(lab, second, 'lb1 lb2');
    expect(await started(lab, first)).toBe(second);
    expect(await answeredBy(lab)).toBe(second);
    // It stopped its resources, then Pacemaker, and only then corosync.
    const stopped = async () =>
      (await alerts(lab, first)).filter((fields) => fields[4] === 'stop').map((fields) => fields[3]);
    await expect.poll(stopped, ASYNC).toEqual(['haproxy', 'vip']);
    const pacemaker = await output(lab, first, 'cat', '/var/log/pacemaker/pacemaker.log');
    const ended = /\d\d:\d\d:\d\d\.\d{3}(?=.*Shutdown complete)/.exec(pacemaker)![0];
    const left = /\d\d:\d\d:\d\d\.\d{3}(?=.*Node was shut down by a signal)/.exec(log_of_first)![0];
    expect(left >= ended, `corosync left at ${left}, Pacemaker had ended at ${ended}`).toBe(true);
  });

  test('a node that lost its power joins again; what was configured outlives all nodes', async () => {
    const lab = await balancers('lb');
    const first = await started(lab, 'lb1');
    const second = first === 'lb1' ? 'lb2' : 'lb1';
    await output(lab, first, 'crm_attribute', '--name', 'cluster-recheck-interval', '--update', '7min');
    const one = await inject(lab, 'crash', first);
    await online(lab, second, second);
    expect(await started(lab, second)).toBe(second);
    await expect.poll(() => lab.log(second, 200), ASYNC).toContain('Failed to receive the leave message');
    const other = await inject(lab, 'crash', second);
    await Promise.all([one.injection.heal(), other.injection.heal()]);
    await online(lab, first, 'lb1 lb2');
    const owner = await started(lab, first);
    expect(await answeredBy(lab)).toBe(owner);
    const query = ['crm_attribute', '--name', 'cluster-recheck-interval', '--query', '--quiet'];
    expect(await output(lab, first, ...query)).toBe('7min\n');
  });

  test('without Pacemaker the first one balances alone', async () => {
    const off = { COROSYNC: 'off', PACEMAKERD: 'off', LB1_HAPROXY: 'on', LB1_EXTRA: ` front=${VIP}/24` };
    const lab = await balancers('lb', off);
    await waitUntil({
      what: 'lb1 to answer',
      timeout_ms: 20_000,
      check: async () => (await answeredBy(lab)) === 'lb1',
    });
    for (const node of ['lb1', 'lb2']) {
      expect((await lab.exec(node, ['pidof', 'corosync', 'pacemakerd'])).stdout).toBe('');
    }
    expect((await lab.exec('lb2', ['pidof', 'haproxy'])).stdout).toBe('');
  });
});

test('three balancers have a quorum of two; the last one alone serves nobody', async () => {
  const lab = await balancers('lb-3');
  const first = await started(lab, 'lb1');
  // The third may join after the resources have been started.
  await expect
    .poll(() => output(lab, 'lb1', 'corosync-quorumtool', '-s'), ASYNC)
    .toMatch(/Expected votes: +3\n.*\n?.*Total votes: +3\nQuorum: +2/);
  const [second, third] = ['lb1', 'lb2', 'lb3'].filter((node) => node !== first);
  await inject(lab, 'crash', second!);
  await online(lab, first, [first, third].toSorted().join(' '));
  expect(await started(lab, first)).toBe(first);
  await inject(lab, 'crash', third!);
  await waitUntil({
    what: 'the last one to stop its resources',
    timeout_ms: 20_000,
    check: async () => /vip\s.*Stopped/.test((await lab.exec(first, ['crm_mon', '-1', '-r'])).stdout),
  });
  expect(await output(lab, first, 'ip', '-4', 'address', 'show', 'front')).not.toContain(VIP);
  expect(await answeredBy(lab)).toBeUndefined();
});
