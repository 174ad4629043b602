import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../harness/faults/resolve-target.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { activeNodes } from '../../harness/systems/pacemaker/findings/crm-mon.ts';
import { clusterState } from '../../harness/systems/pacemaker/live/cluster-view.ts';
import { type Cluster, clustersOf } from '../../harness/systems/pacemaker/live/clusters.ts';
import { settleCluster } from '../../harness/systems/pacemaker/live/settle-cluster.ts';
import { describeResolved } from '../../harness/systems/resolved-target.ts';
import { parseTarget } from '../../harness/systems/roles.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, processes } from '../support/faults.ts';
import { hadrill, REPOSITORY, startHadrill } from '../support/hadrill.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';
import { pidsOf, statesOf } from '../support/services.ts';

const VIP = '198.18.1.100';
const MEMBERS = ['lb1', 'lb2'];

describe('faults of a cluster', () => {
  const name = freshName('cluster-faults');
  let lab: Lab;
  let cluster: Cluster;
  /** The member that serves when a test begins, and the one that waits. */
  let active: string;
  let waiting: string;
  let first_processes: number[];

  beforeAll(async () => {
    // What a fault itself does to a member: with fencing the cluster turns that member off.
    const env = { STONITH: 'false', FENCE_DEVICES_ROLE: 'Stopped' };
    lab = await up(engine, await loadTopology(`${REPOSITORY}/topologies/lb/lb.clab.yml`, { env }), { name });
    await lab.release();
    cluster = clustersOf(lab)[0]!;
    first_processes = lab.nodes.map(({ pid }) => pid);
  });
  beforeEach(async () => {
    await settleCluster(lab, cluster);
    active = await servesOn();
    waiting = MEMBERS.find((node) => node !== active)!;
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** By crm_mon's word, as its users read it: what stands behind `Started` of HAProxy. */
  async function servesOn(): Promise<string> {
    const text = await output(lab, 'lb1', 'crm_mon', '-1', '-r');
    return /haproxy\s.*Started (\S+)/.exec(text)?.[1] ?? 'none';
  }

  async function holders(): Promise<string[]> {
    const shown = await Promise.all(
      MEMBERS.map((node) => output(lab, node, 'ip', '-4', 'address', 'show', 'front')),
    );
    return MEMBERS.filter((_, at) => shown[at]!.includes(`${VIP}/`));
  }

  function waitServedBy(node: string): Promise<unknown> {
    return waitUntil({
      what: `${node} to serve alone`,
      timeout_ms: 20_000,
      check: async () => {
        const [serving, held] = [await answeredBy(), await holders()];
        return serving === node && held.join() === node;
      },
      log: () => output(lab, node, 'crm_mon', '-1', '-r', '-f'),
    });
  }

  /** Waits for crm_mon of a node: what one member does, the others show when it has reached them. */
  async function waitShown(by: string, text: string): Promise<void> {
    await expect.poll(() => output(lab, by, 'crm_mon', '-1'), { timeout: 20_000 }).toContain(text);
  }

  /** The balancer that answers on the address. */
  async function answeredBy(): Promise<string | undefined> {
    const { stdout } = await lab.exec('client', ['curl', '-si', '--max-time', '2', `http://${VIP}/page`]);
    return /^HTTP\/1\.1 200 /m.test(stdout) ? /^x-node: (\S+)\r$/im.exec(stdout)?.[1] : undefined;
  }

  async function failures(): Promise<unknown[]> {
    const view = await clusterState(lab, cluster);
    return [...(view?.state.failures ?? ['nobody answers']), ...(view?.state.fail_counts ?? [])];
  }

  async function expectNoRestart(): Promise<void> {
    const alive = await lab.agent.call('alive', { pids: first_processes });
    expect(alive, 'no node was restarted').toEqual(first_processes);
  }

  test('active(RESOURCE) is the node that runs it, in every form of a target', async () => {
    const resolved = async (target: string) =>
      describeResolved(await resolveTarget(lab, parseTarget(target)));
    const host = active === 'lb1' ? 'node1' : 'node2';
    expect(await resolved('active(vip)')).toBe(active);
    expect(await resolved('active(haproxy)/haproxy')).toBe(`${active}/haproxy`);
    expect(await resolved('active(haproxy):ring')).toBe(`${active}:ring`);
    expect(await resolved('host:active(vip)')).toBe(`host:${host} (${active})`);
    const [other, other_host] = active === 'lb1' ? ['lb2', 'node2'] : ['lb1', 'node1'];
    expect(await resolved('standby(vip)')).toBe(other);
    expect(await resolved('standby(haproxy)/pacemakerd')).toBe(`${other}/pacemakerd`);
    expect(await resolved('host:standby(vip)')).toBe(`host:${other_host} (${other})`);
    await expect(resolved('standby(haprox)')).rejects.toThrow(/no resource 'haprox'/);
    await expect(resolved('active(haprox)')).rejects.toThrow(
      /no resource 'haprox'.*haproxy.*vip|vip.*haproxy/,
    );
    const done = await hadrill(['fault', name, 'kill', 'active(nothing)/haproxy', '--for', '1s']);
    expect(done).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("resource 'nothing'"),
    });
  });

  test('active(RESOURCE) of a resource that runs nowhere is nobody', async () => {
    const set = ['crm_resource', '--resource', 'haproxy', '--meta', '--set-parameter', 'target-role'];
    await output(lab, active, ...set, '--parameter-value', 'Stopped');
    await waitUntil({
      what: 'haproxy to be stopped',
      timeout_ms: 10_000,
      check: async () => {
        const view = await clusterState(lab, cluster);
        return view && activeNodes(view.state, 'haproxy').length === 0;
      },
    });
    await expect(resolveTarget(lab, parseTarget('active(haproxy)'))).rejects.toThrow(/runs nowhere now/);
    const unset = ['crm_resource', '--resource', 'haproxy', '--meta', '--delete-parameter', 'target-role'];
    await output(lab, active, ...unset);
  });

  test('standby: what runs there moves; it may come back when it is healed, and stays', async () => {
    const { injection, notes } = await inject(lab, 'standby', 'active(haproxy)');
    expect(injection.record).toMatchObject({ resolved: active, verified: true });
    expect(injection.fault).toMatchObject({ departure: undefined, stops_forwarding: false });
    expect(injection.applied_error_ns).toBeGreaterThan(0);
    await waitShown(waiting, `Node ${active}: standby`);
    expect(await holders()).not.toContain(active);
    await waitServedBy(waiting);
    await expect(inject(lab, 'standby', active), 'not its own to take back').rejects.toThrow('already');
    await waitShown(waiting, `Node ${active}: standby`);
    await injection.heal();
    await waitShown(waiting, 'Online: [ lb1 lb2 ]');
    await injection.fault.heal();
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    expect(notes).toEqual(['apply', 'revert']);
    await waitServedBy(waiting);
  });

  test('standby of a node that is in no cluster is refused', async () => {
    await expect(inject(lab, 'standby', 'web1')).rejects.toThrow(/'web1' is not a member of a cluster/);
  });

  test('standby: when the command is killed, the fabric takes it back', async () => {
    const command = startHadrill(['fault', name, 'standby', waiting]);
    await command.said(/^standby of .*, at /m);
    await waitShown(active, `Node ${waiting}: standby`);
    command.signal('SIGKILL');
    await command.ended;
    await waitShown(active, 'Online: [ lb1 lb2 ]');
  });

  test('kill of what the cluster runs: the cluster starts it elsewhere, and healing lets it', async () => {
    const { injection } = await inject(lab, 'kill', 'active(haproxy)/haproxy');
    expect(injection.record).toMatchObject({ resolved: `${active}/haproxy`, verified: true });
    // Before the cluster has noticed: it is not for the node to start it.
    await injection.heal();
    await waitServedBy(waiting);
    expect(await processes(lab, active)).not.toContain('haproxy');
    await expectNoRestart();
    await injection.fault.heal();
    expect(await failures(), 'forgotten').toEqual([]);
  });

  test('kill of it, healed when it has moved', async () => {
    const { injection } = await inject(lab, 'kill', `${active}/haproxy`);
    await waitServedBy(waiting);
    expect(await failures()).not.toEqual([]);
    await injection.heal();
    expect(await failures()).toEqual([]);
    expect(await answeredBy()).toBe(waiting);
    await expectNoRestart();
  });

  test('hang of it: its agent ends the old one when it moves; healing leaves it so', async () => {
    const before = await pidsOf(lab, active, 'haproxy');
    const { injection } = await inject(lab, 'hang', 'active(haproxy)/haproxy');
    expect(await statesOf(lab, active, 'haproxy')).toEqual(before.map(() => 'T'));
    await waitServedBy(waiting);
    expect(await pidsOf(lab, active, 'haproxy')).toEqual([]);
    await injection.heal();
    expect(await failures()).toEqual([]);
    expect(await answeredBy()).toBe(waiting);
    await expectNoRestart();
  });

  test('kill of corosync: its service is started again, and the node joins', async () => {
    const { injection } = await inject(lab, 'kill', `${waiting}/corosync`);
    expect(await processes(lab, waiting)).not.toContain('corosync');
    await waitShown(active, `OFFLINE: [ ${waiting} ]`);
    await injection.heal();
    expect(await processes(lab, waiting)).toEqual(expect.arrayContaining(['corosync', 'pacemakerd']));
    await settleCluster(lab, cluster);
    await expect.poll(answeredBy, { timeout: 10_000 }).toBe(active);
    await expectNoRestart();
  });

  test('kill of one of Pacemaker’s own daemons: it runs again where it was', async () => {
    const { injection } = await inject(lab, 'kill', `${waiting}/pacemaker-attrd`);
    await injection.heal();
    expect(await statesOf(lab, waiting, 'pacemaker-attrd')).toHaveLength(1);
    await expectNoRestart();
  });

  test('removal of the cluster’s address: it moves, and healing puts no second one up', async () => {
    const { injection } = await inject(lab, 'remove-address', 'active(vip)', { address: VIP });
    expect(injection.record).toMatchObject({ resolved: active, verified: true });
    const since_ns = injection.applied_ns - injection.applied_error_ns;
    const [went] = await lab.agent.call('address_events', { since_ns });
    expect(went).toMatchObject({ node: active, change: 'removed', address: VIP });
    // At once: the cluster has not noticed.
    await injection.heal();
    await expect.poll(holders, { timeout: 10_000 }).toEqual([waiting]);
    await waitServedBy(waiting);
    const events = await lab.agent.call('address_events', { since_ns });
    expect(events.filter(({ address }) => address === VIP).map(({ node, change }) => [node, change])).toEqual(
      [
        [active, 'removed'],
        [waiting, 'added'],
      ],
    );
    expect(await failures()).toEqual([]);
  });
});
