import { DAEMONS, type Daemon } from './daemon-loss.ts';
import type { L2Facts, SwitchFacts, SwitchLook } from './l2-facts.ts';

/** Inside a switch, of a port that the agent has not wired (Neutron's dead VLAN). */
const DEAD_TAG = 4095;

/** Where a switch forwards: as its bridges say, else as it was asked for; unknown where that is left to the machine. */
export function datapathOf(
  { settings }: Pick<SwitchFacts, 'settings'>,
  look: SwitchLook | undefined,
): 'system' | 'netdev' | 'bridge' | undefined {
  if (look?.kernel_bridges) return 'bridge';
  const said = look?.database?.bridges.map(({ datapath }) => datapath) ?? [];
  if (said.includes('netdev')) return 'netdev';
  if (said.includes('system')) return 'system';
  return settings.datapath === 'auto' ? undefined : settings.datapath;
}

export function lookAt({ looks }: L2Facts, node: string, when: SwitchLook['when']): SwitchLook | undefined {
  return looks.find((look) => look.node === node && look.when === when);
}

/** Whether it had one that was not stopped. */
export function ran(look: SwitchLook | undefined, daemon: Daemon): boolean {
  return look?.daemons[DAEMONS[daemon]]?.some(({ stopped }) => !stopped) ?? false;
}

/** Ports of machines that are not as they should be to carry frames, each with the reason. */
export function unwired(look: SwitchLook): { name: string; why: string }[] {
  if (look.kernel_bridges) return unbridged(look);
  const { database } = look;
  const controlled = (database?.controllers.length ?? 0) > 0;
  return (database?.ports ?? []).flatMap(({ name, tag, vlan, ofport }) => {
    if (vlan === null) return [];
    if (tag === DEAD_TAG) return [{ name, why: 'it has the tag of dead ports' }];
    // A controller in place of an agent knows no VLANs: no port of its switch has a tag.
    if (tag === null && !controlled) return [{ name, why: 'it has no tag' }];
    return ofport === null || ofport <= 0 ? [{ name, why: 'it has no place in the datapath' }] : [];
  });
}

/** The same of bridges of the kernel. */
function unbridged({ database }: SwitchLook): { name: string; why: string }[] {
  return (database?.ports ?? []).flatMap(({ name, tag, vlan, ofport }) => {
    if (vlan === null) return [];
    if (tag === null) return [{ name, why: 'it is on no bridge of a network' }];
    return ofport === null ? [{ name, why: 'its bridge does not forward on it' }] : [];
  });
}

/** Flows of one look that another lacks, each with its bridge. @returns none where either is not known. */
export function lacking(had: SwitchLook, has: SwitchLook): string[] {
  return had.flows.flatMap(({ bridge, flows, trouble }) => {
    const now = has.flows.find((one) => one.bridge === bridge);
    if (trouble !== undefined || now?.counted !== undefined) return [];
    const left = new Set(now?.flows ?? []);
    return flows.filter((flow) => !left.has(flow)).map((flow) => `${bridge}: ${flow}`);
  });
}
