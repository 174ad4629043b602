import { describe, expect, test } from 'vitest';
import { loadTexts, marked, NET2, problemsOf, TWO_HOSTS } from './networks-files.ts';

const NETWORKS = `networks:\n  net1: {subnet: 198.18.16.0/21, gateway: 198.18.16.1}\n${NET2}`;

/** The topology with one thing put in place of another; ▶ marks where that is wrong. */
function changed(from: string, to: string): string {
  expect(TWO_HOSTS).toContain(from);
  return TWO_HOSTS.replace(from, to);
}

describe('a topology with places of DHCP agents', () => {
  test.each([
    [
      'a network that is not in the file',
      [
        'b2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: net2}}',
        'b2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: ▶net3}}',
      ],
      /has no interface of that name/,
    ],
    [
      'no networks file',
      [
        'b1: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: net2}}',
        'b1: {labels: {hadrill.host: node1, ▶hadrill.dhcp: net2}}',
      ],
      /node 'b1' serves a network by 'hadrill.dhcp', but has no label 'hadrill.networks'/,
    ],
    [
      'another networks file',
      [
        'a2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: net1}}',
        'a2: {labels: {hadrill.host: node2, hadrill.dhcp: net1, hadrill.networks: ▶other.yml}}',
      ],
      /node 'a2' names the networks file 'other.yml', but 'a1' names 'networks.yml'/,
    ],
    [
      'a file that is not there',
      ['{labels: {hadrill.networks: networks.yml}}', '{labels: {hadrill.networks: ▶nope.yml}}'],
      /label 'hadrill.networks': there is no 'nope.yml'/,
    ],
    [
      'two places of a network on a host',
      [
        'a2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: net1}}',
        'a2: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: ▶net1}}',
      ],
      /network 'net1' has two places on host 'node1': 'a1' and 'a2'/,
    ],
    ['no interface', ['"b1:net2"', '"b1:eth0"'], /node 'b1' serves 'net2' but has no interface of that name/],
    [
      'no address',
      [
        '{endpoints: ["b1:net2", "net2|fabric:b1"], ipv4: [198.18.24.2/21]}',
        '{endpoints: [▶"b1:net2", "net2|fabric:b1"]}',
      ],
      /'b1:net2' needs an address \('ipv4'\) in the network's subnet/,
    ],
    [
      'a wrong network name',
      [
        'b1: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: net2}}',
        'b1: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: ▶"net,2"}}',
      ],
      /'net,2' is not a valid name for a network/,
    ],
    [
      'an address outside the subnet',
      ['[198.18.16.2/21]', '[▶198.18.24.9/21]'],
      /address 198\.18\.24\.9\/21 of the agent's place 'a1' is outside 198\.18\.16\.0\/21 \(network 'net1'\)/,
    ],
    [
      'another prefix length',
      ['ipv4: 198.18.16.3/21}', 'ipv4: ▶198.18.16.3/24}'],
      /address 198\.18\.16\.3\/24 of the agent's place 'a2' has another prefix length than 198\.18\.16\.0\/21/,
    ],
    [
      'the address of the gateway',
      ['[198.18.16.2/21]', '[▶198.18.16.1/21]'],
      /is the gateway, 198\.18\.16\.1/,
    ],
    [
      'the broadcast address',
      ['["", 198.18.24.3/21]', '["", ▶198.18.31.255/21]'],
      /'198\.18\.31\.255\/21' cannot be an address of an interface: it is the network's broadcast address/,
    ],
  ] as [string, [string, string], RegExp][])('%s', async (_name, [from, to], message) => {
    const text = changed(from, to);
    const { yaml, at } = text.includes('▶') ? marked(text) : { yaml: text, at: '\\d+:\\d+' };
    const problems = await problemsOf(NETWORKS, yaml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^t.clab.yml:${at} `));
    expect(problems[0]).toMatch(message);
  });

  test('a network that the file does not have: the label, and one that may have been meant', async () => {
    const problems = await problemsOf(
      'networks:\n  net1: {subnet: 198.18.16.0/21}\n  net22: {subnet: 198.18.24.0/21}\n',
    );
    expect(problems).toEqual([
      "networks.yml:3:3 no node serves network 'net22': none has the label 'hadrill.dhcp: net22'",
      "t.clab.yml:11:69 the networks file has no network 'net2' (did you mean 'net1'?); it has net1, net22",
      "t.clab.yml:13:69 the networks file has no network 'net2' (did you mean 'net1'?); it has net1, net22",
    ]);
  });

  test('without places there is nothing to load, whatever the file says', async () => {
    expect(
      await loadTexts('nonsense', TWO_HOSTS.replaceAll(/, hadrill\.dhcp: net[12]/g, '')),
    ).toBeUndefined();
  });
});
