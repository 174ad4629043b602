import { Address4 } from 'ip-address';
import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { type Cib, type CibPrimitive, type CibValue, isVip } from '../measure/cib.ts';
import { hasAddress, type Member } from './member.ts';

/** An address moved with all bits of the network: it brings no route of its own. */
const HOST_PREFIX = 32;

/**
 * Reports virtual addresses that would not work on a member that may get them (ocf_heartbeat_IPaddr2(7)): no IPv4
 * address, outside of the network that they are put on, on an interface that is not there, somebody else's. A prefix
 * length of 32 is let be: an address alone.
 * @param nodes all nodes of the topology: none of them may have the address already.
 */
export function checkVips(cib: Cib, members: readonly Member[], nodes: readonly Member[]): InputProblem[] {
  return cib.primitives.filter(isVip).flatMap((vip) => {
    const { ip, nic } = vip.params;
    if (!ip) {
      const message = `'${vip.id}' has no address: give it <nvpair id="${vip.id}-ip" name="ip" value="198.18.1.100"/>`;
      return [{ message, position: vip.position }];
    }
    if (!Address4.isValid(ip.value) || ip.value.includes('/')) {
      return [
        { message: `'${ip.value}' is no IPv4 address: write it like 198.18.1.100`, position: ip.position },
      ];
    }
    const places = members.filter(({ name }) => mayRun(cib, vip, name));
    const owner = nodes.find((one) => hasAddress(one, ip.value));
    return [
      ...(owner
        ? [
            {
              message: `${ip.value} is an address of node '${owner.name}' itself: choose one that is free`,
              position: ip.position,
            },
          ]
        : []),
      ...(nic ? checkOnInterface(vip, ip, nic, places) : checkAnywhere(vip, ip, places)),
    ];
  });
}

function checkOnInterface(
  vip: CibPrimitive,
  ip: CibValue,
  nic: CibValue,
  members: readonly Member[],
): InputProblem[] {
  // Every node has one, and its addresses need no network.
  if (nic.value === 'lo') return [];
  const without = members.filter(({ interfaces }) => !interfaces.includes(nic.value));
  return [
    ...without.map(({ name, interfaces }) => ({
      message: `node '${name}' has no interface '${nic.value}'${didYouMean(nic.value, interfaces)}; it has ${interfaces.join(', ') || 'none'}`,
      position: nic.position,
    })),
    ...members.flatMap((member) => checkNetworks(vip, ip, member, nic.value)),
  ];
}

function checkAnywhere(vip: CibPrimitive, ip: CibValue, members: readonly Member[]): InputProblem[] {
  return members.flatMap((member) => checkNetworks(vip, ip, member, undefined));
}

function checkNetworks(
  vip: CibPrimitive,
  ip: CibValue,
  member: Member,
  nic: string | undefined,
): InputProblem[] {
  const own = member.addresses.filter((one) => nic === undefined || one.interface === nic);
  // Without any address nothing is known of the interface's network.
  if (own.length === 0) return [];
  const inside = own.find(({ address }) => new Address4(ip.value).isInSubnet(new Address4(address)));
  if (!inside) {
    const all = own.map((one) => `${one.address} (${one.interface})`).join(', ');
    const where =
      nic === undefined ? `all networks of node '${member.name}'` : `the network of '${member.name}:${nic}'`;
    return [{ message: `${ip.value} is outside ${where}, ${all}: choose one inside`, position: ip.position }];
  }
  const network = new Address4(inside.address);
  const first = network.startAddress().correctForm();
  const problems: InputProblem[] = [];
  if (network.subnetMask < 31 && [first, network.endAddress().correctForm()].includes(ip.value)) {
    const which =
      ip.value === first ? 'the address of the network itself' : "the network's broadcast address";
    problems.push({
      message: `${ip.value} is ${which} (${first}/${network.subnetMask})`,
      position: ip.position,
    });
  }
  const { cidr_netmask: prefix } = vip.params;
  const length = prefix && prefixLength(prefix.value);
  if (prefix && length !== network.subnetMask && length !== HOST_PREFIX) {
    const message = `cidr_netmask ${prefix.value} is not that of the network ${first}/${network.subnetMask} on '${member.name}:${inside.interface}': write ${network.subnetMask}`;
    problems.push({ message, position: prefix.position });
  }
  return problems;
}

/** IPaddr2 takes `24` and `255.255.255.0`. */
function prefixLength(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text);
  if (!Address4.isValid(text)) return undefined;
  const bits = new Address4(text).bigInt().toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

/** Whether no location keeps a resource, or what it is in, off a node for good. */
function mayRun({ constraints }: Cib, { id, group, clone }: CibPrimitive, member: string): boolean {
  return !constraints.some(
    ({ node, score, resources }) =>
      node === member &&
      score === '-INFINITY' &&
      resources.some((one) => [id, group, clone].includes(one.id)),
  );
}
