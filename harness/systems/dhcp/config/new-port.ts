import { InputError } from '../../../ground/errors.ts';
import { macNumber, macProblem, macText } from './expand-ports.ts';
import type { DhcpAgent, Network, Port } from './networks.ts';
import { addressNumber, addressText, hostAddressProblem, isAddress, subnetOf } from './subnet.ts';

/**
 * A port that is to come into a network.
 * @param others the ports that the network has besides.
 * @param agents the places of the network.
 * @throws InputError when its name, MAC address or address is wrong or belongs to somebody else.
 */
export function newPort(
  { name, mac, address }: Pick<Port, 'name' | 'mac' | 'address'>,
  others: readonly Port[],
  network: Network,
  agents: readonly DhcpAgent[],
): Port {
  const problem = macProblem(mac) ?? addressProblem(address, network, agents);
  if (problem) throw new InputError(`port '${name}' of network '${network.name}': ${problem}`);
  const port = {
    name,
    mac: macText(macNumber(mac)),
    address: addressText(addressNumber(address)),
    in_range: false,
  };
  for (const [key, what] of [
    ['name', 'name'],
    ['mac', 'MAC address'],
    ['address', 'address'],
  ] as const) {
    const owner = others.find((other) => other[key] === port[key]);
    if (!owner) continue;
    throw new InputError(
      `port '${name}' of network '${network.name}': ${what} ${port[key]} belongs to port '${owner.name}' already`,
    );
  }
  return port;
}

function addressProblem(address: string, network: Network, agents: readonly DhcpAgent[]): string | undefined {
  if (!isAddress(address)) return `'${address}' is not an IPv4 address`;
  const number = addressNumber(address);
  const problem = hostAddressProblem(number, subnetOf(network.subnet));
  if (problem) return `address ${address} ${problem}`;
  if (network.gateway && addressNumber(network.gateway) === number)
    return `address ${address} belongs to the gateway`;
  const agent = agents.find((one) => addressNumber(one.address) === number);
  return agent && `address ${address} belongs to the agent on '${agent.host}' (node '${agent.node}')`;
}
