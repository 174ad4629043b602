import { expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab, LabNode } from '../../harness/lab/lab.ts';
import { loadSystems } from '../../harness/systems/load-systems.ts';
import { openLab } from '../../harness/systems/open-lab.ts';
import { parseConntrackdStats } from '../../harness/systems/vrrp/findings/conntrackd-stats.ts';
import { conntrackSync } from '../../harness/systems/vrrp/live/conntrack-sync.ts';
import { holdersOf, virtualRouters } from '../../harness/systems/vrrp/live/virtual-routers.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { auditScene } from '../support/audit-scene.ts';
import { output } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshLab } from '../support/labs.ts';

/** What a master tells its peers of puts its numbers ahead: by more than its successor has to tell at once. */
const MANY = 1500;
const FEW = 50;

/** Puts sessions into a node's table, as packets would. */
async function fill(lab: Lab, { name }: LabNode, count: number, server: string): Promise<void> {
  const session = `-I -p tcp -s 198.18.1.10 -d ${server} --sport $((1000 + i)) --dport 9 -t 600 --state ESTABLISHED -u SEEN_REPLY,ASSURED`;
  const list = `i=0; while [ $i -lt ${count} ]; do echo "${session}"; i=$((i+1)); done > /tmp/sessions`;
  await output(lab, name, 'sh', '-c', `${list}; conntrack -R /tmp/sessions`);
}

async function knownBy(lab: Lab, { name }: LabNode): Promise<number> {
  const said = await output(lab, name, 'conntrackd', '-C', '/etc/conntrackd/conntrackd.conf', '-s');
  return parseConntrackdStats(said)?.external ?? 0;
}

/** The sessions of the second master, after a planned switch, with three conntrackd in a group. */
async function auditThree(mode: string): Promise<[string, string]> {
  const variables = { MAX_L3_AGENTS: '3', SYNC_MODE: mode };
  const topology = await loadTopology(`${REPOSITORY}/topologies/l3-ha/l3-ha-2x3.clab.yml`, {
    env: variables,
  });
  const lab = await openLab(engine, topology, await loadSystems(topology, variables), {
    name: freshLab('group'),
  });
  try {
    const router = virtualRouters(lab)[0]!;
    const [first] = await holdersOf(lab, router);
    await fill(lab, first!, MANY, '203.0.113.1');
    await output(lab, first!.name, 'conntrack', '-D', '-d', '203.0.113.1');
    await fill(lab, first!, MANY, '203.0.113.1');
    const others = router.members.filter((node) => node !== first);
    await waitUntil({
      what: 'both standbys to know the sessions',
      timeout_ms: 10_000,
      check: async () =>
        (await Promise.all(others.map((node) => knownBy(lab, node)))).every((one) => one === MANY),
    });
    const { container_id, pid } = first!;
    await lab.agent.call('end_daemon', { container_id, name: 'keepalived', timeout_s: 10 });
    const second = await newHolder(lab, first!);
    await lab.agent.call('start_daemon', { container_id, pid, name: 'keepalived', timeout_s: 10 });
    await fill(lab, second, FEW, '203.0.113.2');
    const records = await conntrackSync.run(auditScene(lab));
    const { verdict, detail } = records.find((one) => one.detail.includes(`'${router.name}'`))!;
    return [verdict, detail];
  } finally {
    lab.disconnect();
  }
}

async function newHolder(lab: Lab, old?: LabNode): Promise<LabNode> {
  let holders: LabNode[] = [];
  await waitUntil({
    what: old ? 'another replica to be active' : 'a node to be active',
    timeout_ms: 15_000,
    check: async () => {
      holders = await holdersOf(lab, virtualRouters(lab)[0]!);
      return holders.length === 1 && holders[0] !== old;
    },
  });
  return holders[0]!;
}

test.each([
  ['with StartupResync has the sessions', true],
  ['without it has none, and the audit finds that', false],
] as const)(
  'a standby whose conntrackd starts after keepalived: %s',
  async (_, resync) => {
    const topology = await loadTopology(`${REPOSITORY}/topologies/l3/l3.clab.yml`);
    const lab = await openLab(engine, topology, await loadSystems(topology, {}), { name: freshLab('late') });
    try {
      const router = virtualRouters(lab)[0]!;
      const master = await newHolder(lab);
      await fill(lab, master, FEW, '203.0.113.1');
      const { name } = router.members.find((node) => node !== master)!;
      const edit = resync ? ':' : "sed -i '/StartupResync/d' /etc/conntrackd/conntrackd.conf";
      const late = `${edit}; sv down keepalived conntrackd; sleep 1; sv up keepalived; sleep 4; sv up conntrackd`;
      await output(lab, name, 'sh', '-c', late);
      const [record] = await conntrackSync.run(auditScene(lab));
      expect(record!.verdict, record!.detail).toBe(resync ? 'pass' : 'fail');
      if (!resync) expect(record!.detail).toMatch(`${name} lacks ${FEW}`);
    } finally {
      lab.disconnect();
    }
  },
  120_000,
);

test('of three conntrackd in FTFW one does not learn of the sessions of a second master, and it is said why', async () => {
  const [verdict, detail] = await auditThree('FTFW');
  expect(verdict, detail).toBe('fail');
  expect(detail).toMatch(/lacks \d+ .* of the \d+ sessions of/);
  expect(detail).toMatch(/ignored \d+ messages as out of order: 3 conntrackd share a group/);
}, 120_000);

test('in NOTRACK each of three learns of all', async () => {
  const [verdict, detail] = await auditThree('NOTRACK');
  expect(verdict, detail).toBe('pass');
}, 120_000);
