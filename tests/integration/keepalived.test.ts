import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../harness/ground/errors.ts';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { vrrpInstances } from '../../harness/systems/vrrp/config/keepalived-instances.ts';
import { instanceOf } from '../../harness/systems/vrrp/config/vrrp-instance.ts';
import { proveOneOwner } from '../../harness/systems/vrrp/live/prove-one-owner.ts';
import { readKeepalived } from '../../harness/systems/vrrp/live/read-keepalived.ts';
import { holdersOf, virtualRouters } from '../../harness/systems/vrrp/live/virtual-routers.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { output, processes } from '../support/faults.ts';
import { engine, freshLab, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const GW = { vrid: 61, vip: '198.18.1.1' };
const KEEPALIVED = 'keepalived';

test('a keepalived that refuses its file in the node is reported in its own words, at once', async () => {
  const name = freshLab('keepalived-refuses');
  const topology = await loadTopology(topologyFile('keepalived-alone'));
  const lab = await up(engine, topology, { name });
  const { pid } = lab.node('r1');
  const path = '/etc/keepalived/keepalived.conf';
  const text = 'vrrp_instance GW {\n interface nowhere\n virtual_router_id 61\n}\n';
  await lab.agent.call('write_node_files', { pid, files: { [path]: text }, remove: [] });
  lab.node('r1').spec.virtual_routers.push({ name: 'gw', ...GW });
  const refused = await proveOneOwner(lab).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(InputError);
  expect(String(refused)).toContain("keepalived of node 'r1' refuses its configuration:");
  expect(String(refused)).toContain('interface nowhere');
  lab.disconnect();
});

describe('what keepalived says of itself', () => {
  const name = freshName('keepalived');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('keepalived')), { name });
    await lab.release();
    await waitUntil({
      what: 'r1 to hold the address',
      timeout_ms: 30_000,
      interval_ms: 50,
      check: async () => (await holdersOf(lab, virtualRouters(lab)[0]!))[0]?.name === 'r1',
    });
    // Its script has run, and it has heard an advert.
    await waitUntil({
      what: 'r2 to count its script in',
      timeout_ms: 10_000,
      interval_ms: 200,
      check: async () => (await lab.log('r2')).includes('Changing effective priority'),
    });
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  const read = async (node: string) => {
    const facts = await readKeepalived(lab, lab.node(node));
    return { facts, ...vrrpInstances({ node, ...facts }) };
  };
  const signal = (name_: string) =>
    lab.agent.call('kill_named', {
      container_id: lab.node('r2').container_id,
      name: KEEPALIVED,
      signal_name: name_,
    });

  test('the instance that carries the address, not the first with the VRID', async () => {
    const { from, instances, not_followed } = await read('r1');
    expect({ from, not_followed }).toEqual({ from: 'dump', not_followed: [] });
    expect(instanceOf(instances, GW).instance).toMatchObject({
      name: 'GW',
      state: 'MASTER',
      running_state: 'MASTER',
      advert_int_ms: 500,
      effective_priority: 180,
    });
  });

  test('no password, neither in its file nor in its dump', async () => {
    const { facts, instances } = await read('r1');
    expect(facts.keepalived_conf).toContain('auth_pass ***\n');
    expect(facts.keepalived_dump).toMatch(/^ +Password = \*\*\*$/m);
    expect(JSON.stringify(facts)).not.toContain('S3CRET');
    expect(instances.find(({ name: of }) => of === 'SECURED')?.authentication).toBe('PASS');
  });

  test('the effective priority, the interval that it hears, and files that it was told to read', async () => {
    const { facts, from, instances } = await read('r2');
    expect(facts.keepalived_argv).toEqual([
      '/usr/sbin/keepalived',
      '-nlDG',
      '-f',
      'lb/main.conf',
      '--config-id',
      'west',
    ]);
    expect(facts.keepalived_conf).toMatch(/^include conf\.d/);
    expect(from).toBe('dump');
    expect(instanceOf(instances, GW).instance).toMatchObject({
      running_state: 'BACKUP',
      priority: 100,
      effective_priority: 150,
      advert_int_ms: 3000,
      master_advert_int_ms: 500,
      master_priority: 180,
      tracks: [
        { kind: 'script', name: 'ok', weight: 50, interval_ms: 1000, rise: 1, fall: 1, up: true },
        { kind: 'interface', name: 'in', weight: 0, up: true },
      ],
    });
  });

  test('in a moment, and nothing is left of it', async () => {
    const [r1] = await lab.agent.call('running_keepalived', { container_id: lab.node('r1').container_id });
    const { before_ns, after_ns } = await lab.agent.call('dump_keepalived', {
      container_id: lab.node('r1').container_id,
      pid: r1!.pid,
      path: null,
      timeout_s: 2,
    });
    console.log(`the dump took ${(after_ns - before_ns) / 1e6} ms`);
    expect(after_ns - before_ns).toBeLessThan(1e9);
    expect(await output(lab, 'r1', 'ls', '/tmp')).toBe('');
    expect((await holdersOf(lab, virtualRouters(lab)[0]!)).map((node) => node.name)).toEqual(['r1']);
  });

  test('a daemon that is stopped, and one that is gone, by name', async () => {
    await signal('SIGSTOP');
    const stopped = await read('r2');
    await signal('SIGCONT');
    expect(stopped.facts.keepalived_trouble).toBe('keepalived does not run, it is stopped');
    expect(stopped.facts).not.toHaveProperty('keepalived_dump');
    expect(stopped.facts.keepalived_conf).toBeDefined();
    await signal('SIGKILL');
    await waitUntil({
      what: 'keepalived to be gone',
      timeout_ms: 5000,
      interval_ms: 20,
      check: async () => !(await processes(lab, 'r2')).includes(KEEPALIVED),
    });
    const gone = await read('r2');
    expect(gone.facts.keepalived_trouble).toBe('keepalived does not run on r2');
  });
});
