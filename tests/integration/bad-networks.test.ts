import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Copy } from '../support/copy.ts';
import { drillFile } from '../support/labs.ts';

/** ▶ is where the message must point to. */
const NETWORKS: { what: string; from: string | RegExp; to: string; says: RegExp }[] = [
  {
    what: 'no agent for a network',
    from: /\$\{DHCP_AGENTS_PER_NETWORK:=2\}/,
    to: '▶0',
    says: /'dhcp_agents_per_network': expected a number of at least 1, found 0/,
  },
  {
    what: 'more agents for a network than hosts',
    from: /\$\{DHCP_AGENTS_PER_NETWORK:=2\}/,
    to: '▶3',
    says: /'dhcp_agents_per_network' is 3, but only 2 hosts have a place for network 'net1': node1, node2/,
  },
  {
    what: 'subnets that overlap',
    from: 'subnet: 198.18.24.0/21',
    to: 'subnet: ▶198.18.16.0/20',
    says: /subnet 198\.18\.16\.0\/20 of 'net2' overlaps 198\.18\.16\.0\/21 of 'net1'/,
  },
  {
    what: 'a port outside of its subnet',
    from: 'address: 198.18.16.12',
    to: 'address: ▶198.18.24.12',
    says: /address 198\.18\.24\.12 is outside 198\.18\.16\.0\/21/,
  },
  {
    what: 'a MAC address twice',
    from: '"02:16:00:00:00:02"',
    to: '▶"02:16:00:00:00:01"',
    says: /MAC address 02:16:00:00:00:01 belongs to port 'dhclient1' \(line \d+\) already/,
  },
];

test.each(NETWORKS)('networks file with $what: refused with its place', async ({ from, to, says }) => {
  const copy = await Copy.of('dhcp');
  const at = await copy.edit('networks.yml', from, to);
  const stderr = await copy.refuses('up', copy.file('dhcp.clab.yml'));
  expect(stderr).toContain(at);
  expect(stderr).toMatch(says);
});

test('a drill whose profile asks for more agents than hosts is refused as well', async () => {
  const copy = await Copy.of('dhcp');
  const drill = copy.file('node-crash.drill.yml');
  const stderr = await copy.refuses('run', drill, '--profile', 'x3', '--out', copy.file('out'));
  expect(stderr).toMatch(/networks\.yml:\d+:\d+.*'dhcp_agents_per_network' is 3, but only 2 hosts/);
});

test('a probe in a network that is not there: what was meant, what there is', async () => {
  const copy = await Copy.of('dhcp');
  const at = await copy.edit('server-kill.drill.yml', 'network: net1', 'network: ▶net9');
  const stderr = await copy.refuses('run', copy.file('server-kill.drill.yml'), '--out', copy.file('out'));
  expect(stderr).toContain(at);
  expect(stderr).toMatch(/there is no network 'net9' \(did you mean 'net\d'\?\); there are net1, net2, net3/);
});

test('a metric of DHCP agents in a drill without any: what is needed', async () => {
  const copy = await Copy.of('l3');
  const drill = await readFile(drillFile('quick-crash'), 'utf8');
  await writeFile(copy.file('x.drill.yml'), drill.replace(/^topology:.*$/m, 'topology: l3.clab.yml'));
  const at = await copy.edit('x.drill.yml', 'udp.outage_ms', '▶dhcp.reschedule_ms');
  const stderr = await copy.refuses('run', copy.file('x.drill.yml'), '--out', copy.file('out'));
  expect(stderr).toContain(at);
  expect(stderr).toMatch(/'dhcp\.reschedule_ms' needs DHCP agents: no node has a label hadrill\.dhcp/);
});
