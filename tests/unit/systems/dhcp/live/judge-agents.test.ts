import { expect, test } from 'vitest';
import type { Port } from '../../../../../harness/systems/dhcp/config/networks.ts';
import { judgeAgents, type PlaceSeen } from '../../../../../harness/systems/dhcp/live/judge-agents.ts';

function port(number: number): Port {
  const mac = `02:16:00:00:00:0${number}`;
  return { name: `p${number}`, mac, address: `198.18.16.1${number}`, in_range: false };
}

const line = ({ mac, address }: Port) =>
  `${mac},host-${address.replaceAll('.', '-')}.openstacklocal,${address}\n`;
const PORTS = [port(1), port(2), port(3)];
const FILE = PORTS.map(line).join('');

const served: PlaceSeen = { node: 'dhcp1-a', host: 'a', bound: true, daemon: 'runs', host_file: FILE };
const standby: PlaceSeen = { node: 'dhcp1-c', host: 'c', bound: false, daemon: 'none', host_file: undefined };
const PLACES = [served, { ...served, node: 'dhcp1-b', host: 'b' }, standby];

test('all as it should be', () => {
  expect(judgeAgents('net1', PLACES, PORTS)).toEqual({
    name: 'dhcp-agents',
    verdict: 'pass',
    detail: "network 'net1': served on a and b with 3 ports, nowhere else",
  });
  // The order of the lines says nothing.
  const other = { ...served, host_file: PORTS.toReversed().map(line).join('') };
  expect(judgeAgents('net1', [other], PORTS).verdict).toBe('pass');
});

test.each<[string, Partial<PlaceSeen>, string]>([
  ['a dnsmasq that is gone', { daemon: 'none' }, 'no dnsmasq runs on dhcp1-a'],
  ['one that hangs', { daemon: 'stopped' }, 'the dnsmasq of dhcp1-a is stopped'],
  ['no host file', { host_file: undefined }, 'dhcp1-a has no host file'],
  [
    'a port that it was not told of',
    { host_file: line(port(1)) + line(port(2)) },
    'the host file of dhcp1-a lacks 02:16:00:00:00:03 198.18.16.13',
  ],
  [
    'an empty host file',
    { host_file: '' },
    'the host file of dhcp1-a lacks 02:16:00:00:00:01 198.18.16.11 and 2 more',
  ],
  [
    'a port that is gone',
    { host_file: FILE + line(port(4)) },
    'the host file of dhcp1-a has 02:16:00:00:00:04 198.18.16.14, which is not a port',
  ],
  [
    'a port that was moved',
    { host_file: line(port(1)) + line(port(2)) + line({ ...port(3), address: '198.18.16.99' }) },
    'the host file of dhcp1-a lacks 02:16:00:00:00:03 198.18.16.13, ' +
      'the host file of dhcp1-a has 02:16:00:00:00:03 198.18.16.99, which is not a port',
  ],
  ['a line twice', { host_file: FILE + line(port(1)) }, 'the host file of dhcp1-a has a port twice'],
  [
    'a line that is none',
    { host_file: `${FILE}garbage\n` },
    'the host file of dhcp1-a has garbage, which is not a port',
  ],
])('a bound place: %s', (_, change, detail) => {
  const places = [{ ...served, ...change }, ...PLACES.slice(1)];
  expect(judgeAgents('net1', places, PORTS)).toMatchObject({
    verdict: 'fail',
    detail: `network 'net1': ${detail}`,
  });
});

test.each<[string, Partial<PlaceSeen>, string]>([
  ['a dnsmasq', { daemon: 'runs' }, 'a dnsmasq runs on dhcp1-c, to which it is not bound'],
  ['one that hangs', { daemon: 'stopped' }, 'a dnsmasq runs on dhcp1-c, to which it is not bound'],
  ['a host file', { host_file: FILE }, 'dhcp1-c has a host file, though it is not bound to it'],
])('an unbound place: %s', (_, change, detail) => {
  const places = [...PLACES.slice(0, 2), { ...standby, ...change }];
  expect(judgeAgents('net1', places, PORTS)).toMatchObject({
    verdict: 'fail',
    detail: `network 'net1': ${detail}`,
  });
});

test('several problems are told together; a network without a place is one', () => {
  const places = [
    { ...served, daemon: 'none', host_file: undefined },
    { ...standby, daemon: 'runs' },
  ] as const;
  expect(judgeAgents('net1', places, PORTS).detail).toBe(
    "network 'net1': no dnsmasq runs on dhcp1-a, dhcp1-a has no host file, " +
      'a dnsmasq runs on dhcp1-c, to which it is not bound',
  );
  expect(judgeAgents('net1', [standby], PORTS)).toMatchObject({
    verdict: 'fail',
    detail: "network 'net1': it is bound to no place",
  });
});
