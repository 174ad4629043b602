import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { inject, output, pings } from '../support/faults.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, freshLab, freshName, removeLabs, topologyFile } from '../support/labs.ts';

const GUEST = '198.18.1.50';

describe('removal of an address', () => {
  const name = freshName('remove-address');
  let lab: Lab;
  beforeAll(async () => {
    lab = await up(engine, await loadTopology(topologyFile('hosts')), { name });
    await lab.release();
    const add = ['ip', 'address', 'add', `${GUEST}/24`, 'brd', '+', 'dev', 'eth1', 'label', 'eth1:g'];
    await output(lab, 'victim1', ...add);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  /** As ip(8) shows them: with prefix, label, scope, broadcast. */
  const shown = (node: string) => output(lab, node, 'ip', '-4', 'address', 'show', 'dev', 'eth1');

  test('it goes, nothing else does; it comes back as it was; healing twice is harmless', async () => {
    const before = await shown('victim1');
    const { injection, notes } = await inject(lab, 'remove-address', 'victim1:eth1');
    expect(injection.fault.label).toBe(`removal of ${GUEST} from victim1:eth1`);
    expect(injection.record).toMatchObject({ resolved: 'victim1:eth1', verified: true });
    expect(injection.applied_error_ns).toBeGreaterThan(0);
    expect(injection.applied_error_ns).toBeLessThan(50_000_000);
    expect(await shown('victim1')).not.toContain(GUEST);
    await pings(lab, 'peer', '198.18.1.1');
    await injection.heal();
    expect(await shown('victim1')).toBe(before);
    await pings(lab, 'peer', GUEST);
    await injection.fault.heal();
    expect(await shown('victim1')).toBe(before);
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    expect(notes).toEqual(['apply', 'revert']);
  });

  test('its own, with those that the kernel takes along: all come back', async () => {
    const before = await shown('victim1');
    const { injection } = await inject(lab, 'remove-address', 'victim1', { address: '198.18.1.1' });
    const without = await shown('victim1');
    expect(without).not.toContain('198.18.1.1/');
    await injection.heal();
    // Secondary addresses go with their primary one, or one of them is made primary (ip-sysctl, promote_secondaries).
    const promoted = without.includes(GUEST);
    const after = await shown('victim1');
    expect(promoted ? after.match(/inet \S+/g)?.toSorted() : after).toEqual(
      promoted ? before.match(/inet \S+/g)?.toSorted() : before,
    );
    await pings(lab, 'peer', '198.18.1.1');
    await pings(lab, 'peer', GUEST);
  });

  test('one that another node has taken up stays there', async () => {
    const { injection } = await inject(lab, 'remove-address', 'victim1', { address: GUEST });
    await output(lab, 'peer', 'ip', 'address', 'add', `${GUEST}/24`, 'dev', 'eth1');
    await injection.heal();
    expect(await shown('victim1')).not.toContain(GUEST);
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    await output(lab, 'peer', 'ip', 'address', 'del', `${GUEST}/24`, 'dev', 'eth1');
    await injection.fault.heal();
    expect(await shown('victim1')).toContain(GUEST);
  });

  test('one that others had before, too: they are not heirs', async () => {
    await output(lab, 'peer', 'ip', 'address', 'add', `${GUEST}/32`, 'dev', 'lo');
    const { injection } = await inject(lab, 'remove-address', 'victim1', { address: GUEST });
    await injection.heal();
    expect(await shown('victim1')).toContain(GUEST);
    await output(lab, 'peer', 'ip', 'address', 'del', `${GUEST}/32`, 'dev', 'lo');
  });

  test('IPv6, written in any way', async ({ skip }) => {
    const { exit_code } = await lab.exec('victim1', ['test', '-e', '/proc/sys/net/ipv6']);
    skip(exit_code !== 0, 'the kernel has no IPv6');
    const other = freshLab('remove-address');
    const dual = await up(engine, await loadTopology(topologyFile('dual-stack')), { name: other });
    const addresses = () => output(dual, 'node', 'ip', '-6', '-oneline', 'address', 'show', 'dev', 'eth1');
    await output(dual, 'node', 'ip', 'address', 'add', '2001:db8::50/64', 'dev', 'eth1', 'nodad');
    for (const options of [{}, { address: '2001:DB8:0::50' }]) {
      const { injection } = await inject(dual, 'remove-address', 'node:eth1', options);
      expect(injection.fault.label).toBe('removal of 2001:db8::50 from node:eth1');
      expect(await addresses()).not.toContain('2001:db8::50/');
      expect(await addresses()).toContain('2001:db8::1/');
      await injection.heal();
      expect(await addresses()).toContain('2001:db8::50/64');
    }
    dual.disconnect();
  });

  test('what is not there is told with what is', async () => {
    await expect(inject(lab, 'remove-address', 'victim1', { address: '198.18.1.77' })).rejects.toThrow(
      /'victim1' does not have 198\.18\.1\.77; its addresses are .*198\.18\.1\.1 \(eth1\)/,
    );
    await expect(inject(lab, 'remove-address', 'peer:eth1')).rejects.toThrow(
      /peer:eth1 has no address that is not its own/,
    );
  });

  test('when the command is killed, the fabric puts it back', async () => {
    const command = startHadrill(['fault', name, 'remove-address', 'victim1:eth1']);
    await command.said(/^removal of .*, at /m);
    expect(await shown('victim1')).not.toContain(GUEST);
    command.signal('SIGKILL');
    await command.ended;
    await waitUntil({
      what: 'the address to be back',
      timeout_ms: 10_000,
      check: async () => (await shown('victim1')).includes(GUEST),
    });
  });
});
