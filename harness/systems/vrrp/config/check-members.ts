import type { InputProblem } from '../../../ground/errors.ts';
import type { TopologyNode } from '../../../topology/topology.ts';
import type { KeepalivedConf } from './keepalived-conf.ts';
import { carries, instanceOf, type VrrpInstance } from './vrrp-instance.ts';

/** A member of virtual routers with what its keepalived.conf says. */
export interface LabelledMember {
  node: Pick<TopologyNode, 'name' | 'virtual_routers'>;
  conf: KeepalivedConf;
  /** Where a problem of its file is. */
  place(problem: InputProblem): InputProblem;
}

interface Found {
  member: LabelledMember;
  instance: VrrpInstance;
}

/** What labels and files say differently, and members of one virtual router among each other. */
export function checkMembers(members: readonly LabelledMember[]): InputProblem[] {
  const routers = new Map<string, Found[]>();
  const problems: InputProblem[] = [];
  for (const member of members) {
    for (const router of member.node.virtual_routers) {
      const { instance, why } = instanceOf(member.conf.instances, router);
      if (instance) routers.set(router.name, [...(routers.get(router.name) ?? []), { member, instance }]);
      else problems.push(missing(member, router, why));
    }
  }
  return [...problems, ...[...routers].flatMap(([name, found]) => differences(name, found))];
}

function missing(
  member: LabelledMember,
  { name, vrid, vip }: TopologyNode['virtual_routers'][number],
  why: string,
): InputProblem {
  const { instances, places } = member.conf;
  const near = instances.find((one) => one.virtual_router_id === vrid || carries(one, vip)) ?? instances[0];
  const message = `${member.node.name} ${why}; its label hadrill.vr.${name} says ${vrid}/${vip}`;
  return near ? at(member, near, message) : member.place({ message });

  function at(of: LabelledMember, instance: VrrpInstance, text: string): InputProblem {
    const { file, line, column } = places.get(instance)!;
    return of.place({ message: text, position: { file, line, column } });
  }
}

/** What keepalived compares of an advert it gets, or what makes two members answer differently. */
const MUST_AGREE: { what: string; of: (instance: VrrpInstance) => string }[] = [
  { what: 'VRRP version', of: ({ version }) => String(version) },
  { what: 'advert_int', of: ({ advert_int_ms }) => `${advert_int_ms / 1000} s` },
  { what: 'authentication', of: ({ authentication }) => authentication },
  {
    what: 'virtual_ipaddress',
    of: ({ virtual_ipaddress }) => virtual_ipaddress.toSorted().join(', ') || 'none',
  },
  { what: 'use of unicast_peer', of: ({ unicast_peers }) => (unicast_peers.length > 0 ? 'yes' : 'no') },
];

function differences(name: string, [first, ...others]: readonly Found[]): InputProblem[] {
  return others.flatMap((found) => {
    const { member, instance } = found;
    const { file, line, column } = member.conf.places.get(instance)!;
    const [one, other] = [member.node.name, first!.member.node.name];
    const differ = MUST_AGREE.filter(({ of }) => of(instance) !== of(first!.instance)).map(
      ({ what, of }) => `${what}: ${one} has ${of(instance)}, ${other} has ${of(first!.instance)}`,
    );
    const passwords = differInPassword(found, first!)
      ? [`password (auth_pass): ${one} has another than ${other}`]
      : [];
    return [...differ, ...passwords].map((how) =>
      member.place({
        message: `the members of '${name}' differ in ${how}`,
        position: { file, line, column },
      }),
    );
  });
}

/** Only whether: what the passwords are is nobody's to read. */
function differInPassword(one: Found, other: Found): boolean {
  const uses = [one, other].every(({ instance }) => instance.authentication !== 'none');
  const [own, others] = [one, other].map(({ member, instance }) => member.conf.passwords.get(instance));
  return uses && own !== others;
}
