import { describe, expect, test } from 'vitest';
import { file, marked, problemsOf } from './networks-files.ts';

const SUBNET = 'subnet: 198.18.16.0/21';
const ports = (...lines: string[]) =>
  `\n    ${SUBNET}\n    gateway: 198.18.16.1\n    ports:\n${lines.map((line) => `      ${line}\n`).join('')}`;
const range = (text: string, more = '') => `{${SUBNET}, port_range: ${text}${more}}`;

/** What is wrong, with ▶ where it is, and the message. */
const cases: [string, string, string | RegExp][] = [
  [
    'network address',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.16.0}')),
    /address 198\.18\.16\.0 is the address of the network 198\.18\.16\.0\/21 itself/,
  ],
  [
    'broadcast address',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.23.255}')),
    /is the broadcast address of/,
  ],
  [
    'port outside',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.24.5}')),
    /address 198\.18\.24\.5 is outside 198\.18\.16\.0\/21/,
  ],
  [
    'no address',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.16}')),
    /'address': expected an IPv4 address such as 198\.18\.16\.11, found '198\.18\.16'/,
  ],
  [
    'the gateway’s address',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.16.1}')),
    /address 198\.18\.16\.1 belongs to the gateway/,
  ],
  [
    'an agent’s address',
    file(ports('a: {mac: "02:00:00:00:00:01", address: ▶198.18.16.3}')),
    /address 198\.18\.16\.3 belongs to the agent on 'node2' \(node 'a2'\)/,
  ],
  [
    'duplicate address',
    file(
      ports(
        'a: {mac: "02:00:00:00:00:01", address: 198.18.16.9}',
        'b: {mac: "02:00:00:00:00:02", address: ▶198.18.16.9}',
      ),
    ),
    /address 198\.18\.16\.9 belongs to port 'a' \(line 6\)/,
  ],
  [
    'duplicate MAC',
    file(
      ports(
        'a: {mac: "02:00:00:00:00:0A", address: 198.18.16.9}',
        'b: {mac: ▶"02-00-00-00-00-0a", address: 198.18.16.10}',
      ),
    ),
    /MAC address 02:00:00:00:00:0a belongs to port 'a' \(line 6\) already/,
  ],
  [
    'malformed MAC',
    file(ports('a: {mac: ▶"02:00:00:00:01", address: 198.18.16.9}')),
    /'02:00:00:00:01' is not a MAC address: write it like/,
  ],
  [
    'multicast MAC',
    file(ports('a: {mac: ▶"03:00:00:00:00:01", address: 198.18.16.9}')),
    /'03:00:00:00:00:01' is a multicast MAC address/,
  ],
  [
    'port name',
    file(ports('▶"a,b": {mac: "02:00:00:00:00:01", address: 198.18.16.9}')),
    /'a,b' is not a valid name for a port/,
  ],
  [
    'range too long',
    file(range('{count: ▶2044, first_address: 198.18.16.4, first_mac: "02:00:00:00:00:00"}')),
    /port_range leaves 198\.18\.16\.0\/21: from 198\.18\.16\.4 on there is room for 2043 ports, not 2044/,
  ],
  [
    'range outside',
    file(range('{count: 1, first_address: ▶198.18.24.0, first_mac: "02:00:00:00:00:00"}')),
    /port_range begins at 198\.18\.24\.0, which is outside/,
  ],
  [
    'range over an agent',
    file(range('{count: 1, first_address: ▶198.18.16.2, first_mac: "02:00:00:00:00:00"}')),
    /port_range \(198\.18\.16\.2 to 198\.18\.16\.2\) contains 198\.18\.16\.2, which belongs to the agent on 'node1'/,
  ],
  [
    'range over the gateway',
    file(
      range(
        '{count: 9, first_address: ▶198.18.17.1, first_mac: "02:00:00:00:00:00"}',
        ', gateway: 198.18.17.5',
      ),
    ),
    /contains 198\.18\.17\.5, which belongs to the gateway/,
  ],
  [
    'range over a port',
    file(
      range(
        '{count: 9, first_address: ▶198.18.17.1, first_mac: "02:00:00:00:00:00"}',
        ', ports: {a: {mac: "02:01:00:00:00:00", address: 198.18.17.9}}',
      ),
    ),
    /contains 198\.18\.17\.9, which belongs to port 'a'/,
  ],
  [
    'range over a port’s MAC',
    file(
      range(
        '{count: 9, first_address: 198.18.17.1, first_mac: ▶"02:00:00:00:00:00"}',
        ', ports: {a: {mac: "02:00:00:00:00:08", address: 198.18.17.90}}',
      ),
    ),
    /contains 02:00:00:00:00:08, which belongs to port 'a'/,
  ],
  [
    'range with a multicast MAC',
    file(range('{count: 9, first_address: 198.18.17.1, first_mac: ▶"01:00:00:00:00:00"}')),
    /is a multicast MAC address/,
  ],
  [
    'range past its MACs',
    file(range('{count: 9, first_address: 198.18.17.1, first_mac: ▶"02:ff:ff:ff:ff:ff"}')),
    /9 MAC addresses from '02:ff:ff:ff:ff:ff' on do not all begin with 02/,
  ],
  [
    'a name of the range',
    file(
      range(
        '{count: 9, first_address: 198.18.17.1, first_mac: "02:00:00:00:00:00"}',
        ', ports: {▶range-3: {mac: "02:01:00:00:00:08", address: 198.18.17.90}}',
      ),
    ),
    /'range-3' is how the ports of 'port_range' are called/,
  ],
];

describe('ports of a networks file', () => {
  test.each(cases)('%s', async (_name, text, message) => {
    const { yaml, at } = marked(text);
    const problems = await problemsOf(yaml);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^networks.yml:${at} `));
    expect(problems[0]).toMatch(message);
  });
});
