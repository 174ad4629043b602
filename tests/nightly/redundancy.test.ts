import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type BeforeFault, lookBeforeFault } from '../../harness/audits/run-audits.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import type { Audit } from '../../harness/systems/audit.ts';
import { conntrackSync, conntrackSyncWithin } from '../../harness/systems/vrrp/live/conntrack-sync.ts';
import { proveOneOwner } from '../../harness/systems/vrrp/live/prove-one-owner.ts';
import { holdersOf, virtualRouters } from '../../harness/systems/vrrp/live/virtual-routers.ts';
import { vrrpRedundancy, vrrpRedundancyWithin } from '../../harness/systems/vrrp/live/vrrp-redundancy.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { auditScene } from '../support/audit-scene.ts';
import { inject, output } from '../support/faults.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { engine, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const name = freshName('redundancy');
/** What is broken by a test and healed after it. */
const heal: (() => Promise<unknown>)[] = [];
let lab: Lab;
let before: BeforeFault;
let master: string;
let backup: string;

beforeAll(async () => {
  lab = await up(engine, await loadTopology(`${REPOSITORY}/topologies/l3/l3.clab.yml`), { name });
  await proveOneOwner(lab);
  before = await lookBeforeFault(lab);
  const [holder] = await holdersOf(lab, virtualRouters(lab)[0]!);
  [master, backup] = holder!.name === 'r1' ? ['r1', 'r2'] : ['r2', 'r1'];
  await output(lab, 'client', 'sh', '-c', 'for i in 1 2 3 4 5; do ping -c 1 203.0.113.1; done');
});
afterEach(async () => {
  for (const step of heal.splice(0).toReversed()) await step();
});
afterAll(async () => {
  lab?.disconnect();
  await removeLabs(name);
});

/** What is seen at once, without waiting for anything to settle. */
async function seen(audit: Audit): Promise<[string, string]> {
  const records = await audit.run(auditScene(lab, before.ran.get(audit.name)));
  expect(records).toHaveLength(1);
  return [records[0]!.verdict, records[0]!.detail.replace("virtual router 'router': ", '')];
}
const vrrp = () => seen(vrrpRedundancyWithin(0));
const sync = () => seen(conntrackSyncWithin(0));

async function breakIt(kind: string, target: string, options: Record<string, string> = {}): Promise<void> {
  const { injection } = await inject(lab, kind, target, options);
  heal.push(() => injection.heal());
}

test('a pair as it should be', async () => {
  for (const name of ['vrrp-redundancy', 'conntrack-sync'])
    expect(before.ran.get(name)).toEqual({ nodes: new Set(['r1', 'r2']), unknown: [] });
  expect(await seen(vrrpRedundancy)).toEqual([
    'pass',
    `${backup} hears the advertisements of ${master} and could take over 198.18.1.1`,
  ]);
  const [verdict, detail] = await seen(conntrackSync);
  expect(verdict, detail).toBe('pass');
  expect(detail).toMatch(/; r[12] has [1-9]\d* sessions, r[12] knows [1-9]\d*, compared one by one$/);
});

test('the advertisements that set the moment of a fault are heard where they enter the fabric', async () => {
  const [router] = virtualRouters(lab);
  const hear = (node: string) => {
    const port = lab.node(node).ports.find((one) => one.interface === 'ha')!.port;
    return lab.agent.call('next_advert', { vrid: router!.vrid, timeout_s: 3, port, family: 4 });
  };
  expect(await hear(master)).toBeGreaterThan(0);
  // They leave it there.
  expect(await hear(backup)).toBeNull();
});

test('a standby whose keepalived is gone', async () => {
  await breakIt('kill', `${backup}/keepalived`);
  expect(await vrrp()).toEqual([
    'fail',
    `${backup} came back without keepalived: no node could take over 198.18.1.1`,
  ]);
});

test('a standby whose keepalived hangs', async () => {
  await breakIt('hang', `${backup}/keepalived`);
  expect(await vrrp()).toEqual([
    'fail',
    `keepalived is stopped on ${backup}: no node could take over 198.18.1.1`,
  ]);
});

test('a standby that the master does not reach', async () => {
  await breakIt('cut', `${backup}:ha`, { kind: 'frames' });
  expect(await vrrp()).toEqual([
    'fail',
    `${backup} does not hear the advertisements of ${master} (none for 2.5 s): no node could take over 198.18.1.1`,
  ]);
});

test('a standby whose port is down', async () => {
  await breakIt('cut', `${backup}:ha`);
  // keepalived is told by the kernel, and comes to it when it runs.
  await expect
    .poll(vrrp, { timeout: 10_000 })
    .toEqual(['fail', `keepalived is in state FAULT on ${backup}: no node could take over 198.18.1.1`]);
  await heal.pop()!();
  expect((await seen(vrrpRedundancy))[0]).toBe('pass');
});

test('a standby whose conntrackd is gone or hangs', async () => {
  await breakIt('hang', `${backup}/conntrackd`);
  expect((await sync())[1]).toMatch(
    new RegExp(`^conntrackd is stopped on ${backup}: sessions would be lost`),
  );
  await heal.pop()!();
  await breakIt('kill', `${backup}/conntrackd`);
  expect((await sync())[1]).toMatch(new RegExp(`^${backup} came back without conntrackd: sessions`));
});

test('a conntrackd whose configuration has no control socket to ask', async () => {
  await output(lab, backup, 'mv', '/run/conntrackd.ctl', '/run/elsewhere.ctl');
  heal.push(() => output(lab, backup, 'mv', '/run/elsewhere.ctl', '/run/conntrackd.ctl'));
  expect((await sync())[1]).toMatch(new RegExp(`^the conntrackd of ${backup} does not answer \\(`));
});

test('a conntrackd that its peer does not reach', async () => {
  await output(lab, backup, 'nft', 'add table ip deaf');
  heal.push(() => output(lab, backup, 'nft', 'delete table ip deaf'));
  await output(lab, backup, 'nft', 'add chain ip deaf in { type filter hook input priority 0; }');
  await output(lab, backup, 'nft', 'add rule ip deaf in udp dport 3781 drop');
  expect((await sync())[1]).toMatch(
    new RegExp(`^the conntrackd of ${backup} receives nothing from ${master} over ha[:,]`),
  );
});

test('a conntrackd that has lost the sessions', async () => {
  await output(lab, backup, 'conntrackd', '-f', 'external');
  expect((await sync())[1]).toMatch(
    new RegExp(`^${backup} lacks ([1-9]\\d*) \\(such as .*\\) of the \\1 sessions of ${master}: sessions`),
  );
  await output(lab, backup, 'conntrackd', '-n');
  expect((await seen(conntrackSync))[0]).toBe('pass');
});

test('a lab without virtual routers has no such records', async () => {
  const plain = freshName('plain');
  const other = await up(engine, await loadTopology(topologyFile('small')), { name: plain });
  heal.push(async () => {
    other.disconnect();
    await removeLabs(plain);
  });
  const ran = await lookBeforeFault(other);
  expect(await vrrpRedundancy.run(auditScene(other, ran.ran.get('vrrp-redundancy')))).toEqual([]);
  expect(await conntrackSync.run(auditScene(other, ran.ran.get('conntrack-sync')))).toEqual([]);
});
