import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resolveTarget } from '../../harness/faults/resolve-target.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { parseTarget } from '../../harness/systems/roles.ts';
import { proveOneOwner } from '../../harness/systems/vrrp/live/prove-one-owner.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, pings, processes } from '../support/faults.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs } from '../support/labs.ts';

describe('kill of a router’s daemon', () => {
  const name = freshName('kill');
  let lab: Lab;
  beforeAll(async () => {
    const env = { ADVERT_INT: '0.1' };
    const topology = await loadTopology(`${REPOSITORY}/topologies/l3/l3.clab.yml`, { env });
    lab = await up(engine, topology, { name });
    await proveOneOwner(lab);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  async function roleOf(role: 'master' | 'backup'): Promise<string> {
    const found = await resolveTarget(lab, parseTarget(`${role}(router)`));
    return found.form === 'node' ? found.node : '';
  }

  const vipOn = async (node: string) =>
    (await lab.agent.call('held_addresses', {}))[node]?.includes('198.18.1.1') ?? false;

  function waitVip(node: string): Promise<boolean> {
    return waitUntil({
      what: `${node} to hold the address`,
      timeout_ms: 15_000,
      check: () => vipOn(node),
      log: () => lab.log(node),
    });
  }

  test('SIGKILL: it is dead, its address stays, the other takes over; healing ends that', async () => {
    const [master, backup] = [await roleOf('master'), await roleOf('backup')];
    const { injection } = await inject(lab, 'kill', 'master(router)/keepalived');
    expect(injection.record).toMatchObject({ resolved: `${master}/keepalived`, verified: true });
    expect(injection.fault.departure).toBe('abrupt');
    expect(await processes(lab, master)).not.toContain('keepalived');
    await waitVip(backup);
    expect(await vipOn(master), 'nobody took it from the interface').toBe(true);
    await injection.heal();
    expect(await processes(lab, master)).toContain('keepalived');
    await proveOneOwner(lab);
    expect(await vipOn(backup), 'nopreempt: the role stays').toBe(true);
    await pings(lab, 'client', '203.0.113.1');
  });

  test('SIGTERM: it leaves in good order', async () => {
    const [master, backup] = [await roleOf('master'), await roleOf('backup')];
    const { injection } = await inject(lab, 'kill', `${master}/keepalived`, { signal: 'term' });
    expect(injection.fault.departure).toBe('graceful');
    expect(await processes(lab, master)).not.toContain('keepalived');
    expect(await vipOn(master), 'it took its addresses away').toBe(false);
    await waitVip(backup);
    await injection.heal();
    await proveOneOwner(lab);
    expect(await vipOn(backup)).toBe(true);
    await pings(lab, 'client', '203.0.113.1');
  });

  test('a daemon of the backup dies alone: service goes on, and it can be healed', async () => {
    const backup = await roleOf('backup');
    const { injection } = await inject(lab, 'kill', 'backup(router)/conntrackd', { signal: 'SIGKILL' });
    expect(await processes(lab, backup)).not.toContain('conntrackd');
    await pings(lab, 'client', '203.0.113.1');
    await injection.heal();
    expect(await processes(lab, backup)).toContain('conntrackd');
  });

  test('SIGSTOP: every process of it stops, and goes on when it is healed', async () => {
    const backup = await roleOf('backup');
    const states = async () => {
      const { container_id } = lab.node(backup);
      const running = await lab.agent.call('container_processes', { container_id });
      return running.filter(({ name }) => name === 'conntrackd').map(({ state }) => state);
    };
    const { injection } = await inject(lab, 'kill', 'backup(router)/conntrackd', { signal: 'SIGSTOP' });
    expect(await states()).toEqual(['T']);
    await injection.heal();
    // One that was continued may be running in this very moment.
    await expect.poll(states, { timeout: 10_000 }).toEqual(['S']);
  });

  test('an unknown process: says which there are', async () => {
    const before = (await lab.engine.docker.getContainer(lab.node('r1').container_id).inspect()).State;
    const wanted = /no process named 'keepalivd' runs on 'r1'; these do: .*conntrackd.*keepalived/;
    await expect(inject(lab, 'kill', 'r1/keepalivd')).rejects.toThrow(wanted);
    const done = await hadrill(['fault', name, 'kill', 'r1/keepalivd', '--for', '1s']);
    expect(done).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(wanted) });
    const after = (await lab.engine.docker.getContainer(lab.node('r1').container_id).inspect()).State;
    expect(after, 'the node goes on undisturbed').toEqual(before);
  });

  test('an unknown signal is refused', async () => {
    await expect(inject(lab, 'kill', 'r1/keepalived', { signal: 'SIGFOO' })).rejects.toThrow(
      /'SIGFOO' is not a signal/,
    );
  });
});
