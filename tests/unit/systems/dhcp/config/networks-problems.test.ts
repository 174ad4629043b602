import { describe, expect, test } from 'vitest';
import { file, marked, problemsOf } from './networks-files.ts';

const SUBNET = 'subnet: 198.18.16.0/21';

/** What is wrong, with ▶ where it is, and the message. */
const cases: [string, string, string | RegExp][] = [
  [
    'no agent',
    file(`{${SUBNET}}`, 'dhcp_agents_per_network: ▶0\n'),
    /expected a number of at least 1, found 0/,
  ],
  [
    'unknown key',
    file(`{${SUBNET}}`, '▶leas_time: 120s\n'),
    /unknown key 'leas_time' \(did you mean 'lease_time'\?\)/,
  ],
  [
    'no subnet',
    'networks:\n  ▶net1: {}\n  net2: {subnet: 198.18.24.0/21}\n',
    /missing key 'subnet' in 'net1'/,
  ],
  ['no networks', '▶lease_time: 120s\n', /missing key 'networks': expected a mapping/],
  [
    'no duration',
    file(`{${SUBNET}}`, 'lease_time: ▶soon\n'),
    /'lease_time': expected a duration like .*, found 'soon'/,
  ],
  [
    'short lease',
    file(`{${SUBNET}}`, 'lease_time: ▶119s\n'),
    /'lease_time' must be at least 120 s, not 119 s: dnsmasq/,
  ],
  [
    'endless lease',
    file(`{${SUBNET}}`, 'lease_time: ▶4294967295\n'),
    /'lease_time' must be at most 4294967294 s/,
  ],
  [
    'fraction of a second',
    file(`{${SUBNET}}`, 'lease_time: ▶120.5s\n'),
    /'lease_time' must be whole seconds/,
  ],
  ['T1 that is ignored', file(`{${SUBNET}}`, 't1: ▶2s\n'), /'t1' must be more than 2 s, not 2 s/],
  ['T2 that is ignored', file(`{${SUBNET}}`, 't1: 3s\nt2: ▶2s\n'), /'t2' must be more than 2 s/],
  [
    'T1 after T2',
    file(`{${SUBNET}}`, 't1: ▶20s\nt2: 20s\n'),
    /'t1' \(20 s\) must be less than 't2' \(20 s\)/,
  ],
  [
    'T2 before the standard T1',
    file(`{${SUBNET}}`, 'lease_time: 120s\nt2: ▶50s\n'),
    /'t1' \(60 s, a half of the lease\) must be less than 't2' \(50 s\)/,
  ],
  [
    'T1 after the standard T2',
    file(`{${SUBNET}}`, 'lease_time: 120s\nt1: ▶110s\n'),
    /'t1' \(110 s\) must be less than 't2' \(105 s, seven eighths of the lease\)/,
  ],
  [
    'T2 after the lease',
    file(`{${SUBNET}}`, 'lease_time: 120s\nt2: ▶120s\n'),
    /'t2' \(120 s\) must be less than 'lease_time' \(120 s\)/,
  ],
  [
    'rare reports',
    file(`{${SUBNET}}`, 'agent_down_time: 6s\nreport_interval: ▶6s\n'),
    /'report_interval' \(6 s\) must be less than 'agent_down_time' \(6 s\)/,
  ],
  [
    'agents down at once',
    file(`{${SUBNET}}`, 'agent_down_time: ▶900ms\nreport_interval: 500ms\n'),
    /'agent_down_time' must be at least 1 s/,
  ],
  [
    'reports all the time',
    file(`{${SUBNET}}`, 'report_interval: ▶10ms\n'),
    /'report_interval' must be at least 0.1 s/,
  ],
  [
    'no subnet at all',
    file('{subnet: ▶net}'),
    /'subnet': expected a subnet such as 198\.18\.16\.0\/21, found 'net'/,
  ],
  [
    'an address for a subnet',
    file('{subnet: ▶198.18.16.5/21}'),
    /198\.18\.16\.5\/21 is an address in 198\.18\.16\.0\/21/,
  ],
  ['a subnet without hosts', file('{subnet: ▶224.0.0.0/21}'), /224\.0\.0\.0\/21 is not a subnet for hosts/],
  [
    'overlap',
    `networks:\n  net1: {${SUBNET}}\n  net2: {subnet: ▶198.18.16.0/20}\n`,
    /subnet 198\.18\.16\.0\/20 of 'net2' overlaps 198\.18\.16\.0\/21 of 'net1'/,
  ],
  [
    'gateway outside',
    file(`{${SUBNET}, gateway: ▶198.18.24.1}`),
    /gateway 198\.18\.24\.1 is outside 198\.18\.16\.0\/21/,
  ],
  [
    'network without a node',
    `${file(`{${SUBNET}}`)}  ▶net3: {subnet: 198.18.32.0/21}\n`,
    /no node serves network 'net3': none has the label 'hadrill\.dhcp: net3'/,
  ],
];

describe('a networks file', () => {
  test.each(cases)('%s', async (_name, text, message) => {
    const { yaml, at } = marked(text);
    const problems = await problemsOf(yaml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^networks.yml:${at} `));
    expect(problems[0]).toMatch(message);
  });

  test('more agents wanted than there are places: each network, with its hosts', async () => {
    expect(await problemsOf(file(`{${SUBNET}}`, 'dhcp_agents_per_network: 3\n'))).toEqual(
      ['net1', 'net2'].map(
        (name) =>
          `networks.yml:1:26 'dhcp_agents_per_network' is 3, but only 2 hosts have a place for network '${name}': node1, node2`,
      ),
    );
  });

  test('everything at once, in the order of the file', async () => {
    const net1 = '{subnet: 198.18.16.0/21, gateway: 198.18.99.1, ports: {a: {mac: x, address: 198.18.16.2}}}';
    const text = `t1: 1s\nreport_interval: 80s\nwrong: 1\nnetworks:\n  net1: ${net1}\n  net2: {subnet: nope}\n`;
    const problems = await problemsOf(text);
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
      'networks.yml:1:5',
      'networks.yml:2:18',
      'networks.yml:3:1',
      'networks.yml:5:43',
      'networks.yml:5:73',
      'networks.yml:5:85',
      'networks.yml:6:18',
    ]);
  });

  test('a variable without a value, and a file that is not YAML', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the file's own syntax
    const problems = await problemsOf(file(`{${SUBNET}}`, 'lease_time: ${LEASE}\n'));
    expect(problems[0]).toMatch(/^networks.yml:1:13 variable 'LEASE' has no value/);
    expect((await problemsOf('networks: [')).join()).toMatch(/YAML syntax/);
  });
});
