import { networkNameProblem } from '../../../topology/names.ts';
import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import type { NetworksFile } from './networks-schema.ts';
import {
  addressNumber,
  addressText,
  hostAddressProblem,
  type Subnet,
  subnetOf,
  subnetText,
} from './subnet.ts';

const SHORTEST_PREFIX = 8;
/** Longer ones have no address for a server and a client. */
const LONGEST_PREFIX = 30;
/** 127.0.0.0/8 and what is above unicast (RFC 1122 §3.2.1.3, RFC 5771). */
const LOOPBACK = 127;
const FIRST_MULTICAST = 224;

/** Reports wrong names and subnets of networks, gateways outside, and subnets that overlap. */
export function checkSubnets(file: NetworksFile, findings: Findings): void {
  const seen: { name: string; subnet: Subnet }[] = [];
  for (const [name, { subnet: written, gateway }] of Object.entries(file.networks)) {
    const path = ['networks', name];
    const problem = networkNameProblem(name);
    if (problem) findings.report(path, problem, 'key');
    const subnet = subnetOf(written);
    checkSubnet(written, subnet, [...path, 'subnet'], findings);
    const gatewayProblem = gateway && hostAddressProblem(addressNumber(gateway), subnet);
    if (gatewayProblem) findings.report([...path, 'gateway'], `gateway ${gateway} ${gatewayProblem}`);
    const other = seen.find((one) => one.subnet.first <= subnet.last && subnet.first <= one.subnet.last);
    if (other) {
      const message = `subnet ${written} of '${name}' overlaps ${subnetText(other.subnet)} of '${other.name}'`;
      findings.report([...path, 'subnet'], message);
    }
    seen.push({ name, subnet });
  }
}

function checkSubnet(written: string, subnet: Subnet, path: string[], findings: Findings): void {
  const { first, prefix_length: length } = subnet;
  if (length < SHORTEST_PREFIX || length > LONGEST_PREFIX) {
    const message = `subnet ${written} has a prefix length of ${length}: from ${SHORTEST_PREFIX} to ${LONGEST_PREFIX}`;
    findings.report(path, message);
  } else if (addressNumber(written) !== first) {
    findings.report(path, `${written} is an address in ${subnetText(subnet)}: write the subnet itself`);
  }
  const top = Number(addressText(first).split('.', 1)[0]);
  if (top === 0 || top === LOOPBACK || top >= FIRST_MULTICAST) {
    findings.report(path, `${written} is not a subnet for hosts`);
  }
}
