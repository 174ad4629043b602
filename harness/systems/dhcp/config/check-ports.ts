import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import { expandedName, macNumber, macProblem, macText } from './expand-ports.ts';
import type { DhcpAgent } from './networks.ts';
import type { NetworkEntry, NetworksFile } from './networks-schema.ts';
import { addressNumber, addressText, hostAddressProblem, subnetOf, subnetText } from './subnet.ts';

/** Port names go into nothing but messages and commands. */
const PORT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

/** Who has an address already, as a sentence continues: "the gateway". */
type Taken = Map<number, string>;

/** Reports ports whose address or MAC address is wrong or belongs to somebody else, and ranges that do not fit. */
export function checkPorts(file: NetworksFile, agents: readonly DhcpAgent[], findings: Findings): void {
  for (const [name, entry] of Object.entries(file.networks)) {
    if (findings.isWrong(['networks', name, 'subnet'])) continue;
    const taken: Taken = new Map();
    if (entry.gateway !== undefined) taken.set(addressNumber(entry.gateway), 'the gateway');
    for (const agent of agents.filter(({ network }) => network === name)) {
      taken.set(addressNumber(agent.address), `the agent on '${agent.host}' (node '${agent.node}')`);
    }
    checkNamed(name, entry, taken, findings);
    checkRange(name, entry, taken, findings);
  }
}

function checkNamed(network: string, entry: NetworkEntry, taken: Taken, findings: Findings): void {
  const subnet = subnetOf(entry.subnet);
  const macs = new Map<number, string>();
  for (const [name, { mac, address }] of Object.entries(entry.ports ?? {})) {
    const path = ['networks', network, 'ports', name];
    if (!PORT_NAME.test(name)) {
      const rule = 'it starts with a letter or digit and goes on with letters, digits, _ . -';
      findings.report(path, `'${name}' is not a valid name for a port: ${rule}`, 'key');
    } else if (entry.port_range && expandedName.test(name)) {
      findings.report(path, `'${name}' is how the ports of 'port_range' are called: choose another`, 'key');
    }
    const number = addressNumber(address);
    const problem = hostAddressProblem(number, subnet);
    const owner = taken.get(number);
    if (problem) findings.report([...path, 'address'], `address ${address} ${problem}`);
    else if (owner) findings.report([...path, 'address'], `address ${address} belongs to ${owner}`);
    else taken.set(number, `port '${name}' (line ${findings.lineOf([...path, 'address'])})`);
    checkMac(name, mac, [...path, 'mac'], macs, findings);
  }
}

function checkMac(
  port: string,
  mac: string,
  path: readonly string[],
  macs: Map<number, string>,
  findings: Findings,
): void {
  const problem = macProblem(mac);
  if (problem) {
    findings.report(path, problem);
    return;
  }
  const owner = macs.get(macNumber(mac));
  if (owner) findings.report(path, `MAC address ${macText(macNumber(mac))} belongs to ${owner} already`);
  else macs.set(macNumber(mac), `port '${port}' (line ${findings.lineOf(path)})`);
}

function checkRange(network: string, entry: NetworkEntry, taken: Taken, findings: Findings): void {
  if (!entry.port_range) return;
  const { count, first_address, first_mac } = entry.port_range;
  const path = ['networks', network, 'port_range'];
  const subnet = subnetOf(entry.subnet);
  const first = addressNumber(first_address);
  const last = first + count - 1;
  const startProblem = hostAddressProblem(first, subnet);
  if (startProblem) {
    findings.report(
      [...path, 'first_address'],
      `port_range begins at ${first_address}, which ${startProblem}`,
    );
  } else if (last >= subnet.last) {
    const room = subnet.last - first;
    const message = `port_range leaves ${subnetText(subnet)}: from ${first_address} on there is room for ${room} ports, not ${count}`;
    findings.report([...path, 'count'], message);
  }
  for (const [address, owner] of taken) {
    if (address < first || address > last) continue;
    const message = `port_range (${first_address} to ${addressText(last)}) contains ${addressText(address)}, which belongs to ${owner}`;
    findings.report([...path, 'first_address'], message);
  }
  const problem = macProblem(first_mac, count);
  if (problem) findings.report([...path, 'first_mac'], problem);
  else checkRangeMacs(entry, macNumber(first_mac), count, [...path, 'first_mac'], findings);
}

function checkRangeMacs(
  { ports = {} }: NetworkEntry,
  first: number,
  count: number,
  path: readonly string[],
  findings: Findings,
): void {
  for (const [name, { mac }] of Object.entries(ports)) {
    const number = macNumber(mac);
    if (macProblem(mac) || number < first || number >= first + count) continue;
    const range = `${macText(first)} to ${macText(first + count - 1)}`;
    findings.report(
      path,
      `port_range (${range}) contains ${macText(number)}, which belongs to port '${name}'`,
    );
  }
}
