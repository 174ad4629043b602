import { expect, test } from 'vitest';
import type { DhcpAgent, Network, Port } from '../../../../../harness/systems/dhcp/config/networks.ts';
import { newPort } from '../../../../../harness/systems/dhcp/config/new-port.ts';

const other: Port = { name: 'a', mac: '02:16:00:00:00:01', address: '198.18.16.11', in_range: false };
const network: Network = { name: 'net1', subnet: '198.18.16.0/21', gateway: '198.18.16.1', ports: [other] };
const agent: DhcpAgent = {
  node: 'dhcp1-node1',
  host: 'node1',
  network: 'net1',
  interface: 'net1',
  address: '198.18.16.2',
};

function add(changes: Partial<Port>): Port {
  const wanted = { name: 'b', mac: '02-16-00-00-00-0B', address: '198.18.16.12', ...changes };
  return newPort(wanted, [other], network, [agent]);
}

test('a port of its own', () => {
  expect(add({})).toEqual({ name: 'b', mac: '02:16:00:00:00:0b', address: '198.18.16.12', in_range: false });
});

test.each([
  [{ name: 'a' }, /port 'a' of network 'net1': name a belongs to port 'a' already/],
  [{ mac: '02:16:00:00:00:01' }, /MAC address 02:16:00:00:00:01 belongs to port 'a' already/],
  [{ mac: '01:16:00:00:00:01' }, /is a multicast MAC address/],
  [{ address: '198.18.16.11' }, /address 198\.18\.16\.11 belongs to port 'a' already/],
  [{ address: '198.18.16.2' }, /belongs to the agent on 'node1' \(node 'dhcp1-node1'\)/],
  [{ address: '198.18.16.1' }, /belongs to the gateway/],
  [{ address: '198.18.24.1' }, /is outside 198\.18\.16\.0\/21/],
  [{ address: '198.18.16.12/21' }, /'198\.18\.16\.12\/21' is not an IPv4 address/],
] as [Partial<Port>, RegExp][])('%o is refused', (changes, message) => {
  expect(() => add(changes)).toThrow(message);
});
