import { Address4, Address6 } from 'ip-address';
import { didYouMean } from '../../../ground/near-name.ts';
import { familyOf, isLinkLocal } from '../../../topology/addresses.ts';
import { hasAddress, type Member } from '../../../topology/member.ts';
import type { Finding } from '../../file-findings.ts';
import { type Cib, type CibPrimitive, type CibValue, isVip } from './cib.ts';

/** What of it counts for an address: all but a label, as in `front:0`. */
interface Vip {
  primitive: CibPrimitive;
  ip: CibValue;
  nic: { name: string; value: CibValue } | undefined;
  /** undefined: left out, and taken from the interface's network. */
  prefix: CibValue | undefined;
}

/**
 * Reports virtual addresses that the agent refuses, or that would not work on a member that may get them
 * (ocf_heartbeat_IPaddr2(7), and what its version 4.16 does): not an address, on an interface that is not there,
 * somebody else's, the broadcast address. An address outside of the interface's networks is started as any other, if
 * the configuration says where and with which prefix length.
 * @param nodes all nodes of the topology: none of them may have the address already.
 */
export function checkVips(cib: Cib, members: readonly Member[], nodes: readonly Member[]): Finding[] {
  return cib.primitives.filter(isVip).flatMap((primitive) => {
    const { ip, nic, cidr_netmask: prefix } = primitive.params;
    if (!ip) {
      const message = `'${primitive.id}' has no address: give it <nvpair id="${primitive.id}-ip" name="ip" value="198.18.1.100"/>`;
      return [{ message, position: primitive.position }];
    }
    const name = nic?.value.replace(/:.*/s, '');
    const vip: Vip = {
      primitive,
      ip,
      nic: nic && name ? { name, value: nic } : undefined,
      prefix: prefix?.value ? prefix : undefined,
    };
    const wrong = checkAddress(vip);
    if (wrong.length > 0) return wrong;
    const places = members.filter((one) => mayRun(cib, primitive, one.name));
    return [...checkOwner(vip, nodes), ...checkPrefix(vip), ...places.flatMap((one) => checkPlace(vip, one))];
  });
}

function checkAddress({ ip }: Vip): Finding[] {
  if (!ip.value.includes('/') && (Address4.isValid(ip.value) || Address6.isValid(ip.value))) return [];
  return [
    { message: `'${ip.value}' is not an IP address: write it like 198.18.1.100`, position: ip.position },
  ];
}

function checkOwner({ ip }: Vip, nodes: readonly Member[]): Finding[] {
  const owner = nodes.find((one) => hasAddress(one, ip.value));
  if (!owner) return [];
  const message = `${ip.value} is an address of node '${owner.name}' itself: choose one that is free`;
  return [{ message, position: ip.position }];
}

function checkPrefix({ ip, prefix }: Vip): Finding[] {
  if (!prefix) return [];
  const is_v4 = Address4.isValid(ip.value);
  const length = prefixLength(prefix.value);
  const most = is_v4 ? 32 : 128;
  if (length !== undefined && length >= 1 && length <= most) return [];
  const message = `cidr_netmask '${prefix.value}' is not a prefix length from 1 to ${most}: write it like ${is_v4 ? 24 : 64}`;
  return [{ message, position: prefix.position }];
}

function checkPlace(vip: Vip, member: Member): Finding[] {
  const { nic } = vip;
  // Every node has one, and its addresses need no network.
  if (nic?.name === 'lo') return [];
  if (nic && !member.interfaces.includes(nic.name)) return [missingInterface(nic, member)];
  return checkNetworks(vip, member);
}

function missingInterface({ name, value }: NonNullable<Vip['nic']>, member: Member): Finding {
  const { interfaces, may_have_more } = member;
  const known = `${didYouMean(name, interfaces)}; it has ${interfaces.join(', ') || 'none'}`;
  const message = `node '${member.name}' has no interface '${name}'${known}`;
  if (!may_have_more) return { message, position: value.position };
  return { message: `${message} in the topology`, position: value.position, note: true };
}

function checkNetworks({ ip, nic, prefix }: Vip, { name, addresses, may_have_more }: Member): Finding[] {
  const family = familyOf(ip.value);
  // A link-local address needs no network, for every interface of IPv6 has it, but the interface's name.
  if (family === 6 && isLinkLocal(ip.value)) {
    const message = `${ip.value} is link-local, and every link has such addresses: IPaddr2 wants the parameter nic with it`;
    return nic ? [] : [{ message, position: ip.position }];
  }
  const own = addresses.filter(
    (one) => familyOf(one.address) === family && (nic === undefined || one.interface === nic.name),
  );
  // Without any address nothing is known of the interface's network.
  if (own.length === 0) return [];
  const inside = own.find(({ address }) => isInside(ip.value, address));
  if (inside) return family === 4 ? checkInside(ip, new Address4(inside.address)) : [];
  // The agent looks for a route to it, if it does not get both: a default route will do.
  if ((nic && prefix) || may_have_more) return [];
  const all = own.map((one) => `${one.address} (${one.interface})`).join(', ');
  const where = nic === undefined ? `all networks of node '${name}'` : `the network of '${name}:${nic.name}'`;
  const message = `${ip.value} is outside ${where}, ${all}: without both nic and cidr_netmask the agent finds no place for it`;
  return [{ message, position: ip.position }];
}

function isInside(address: string, network: string): boolean {
  return familyOf(address) === 6
    ? new Address6(address).isInSubnet(new Address6(network))
    : new Address4(address).isInSubnet(new Address4(network));
}

function checkInside(ip: CibValue, network: Address4): Finding[] {
  const first = network.startAddress().correctForm();
  if (network.subnetMask >= 31) return [];
  if (![first, network.endAddress().correctForm()].includes(ip.value)) return [];
  const which = ip.value === first ? 'the address of the network itself' : "the network's broadcast address";
  const message = `${ip.value} is ${which} (${first}/${network.subnetMask})`;
  return [{ message, position: ip.position }];
}

/** IPaddr2 takes `24` and `255.255.255.0`. */
function prefixLength(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
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
