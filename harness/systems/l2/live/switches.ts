import type { Lab } from '../../../lab/lab.ts';
import { type Switch, switchesIn } from '../config/load-switches.ts';
import type { SwitchFacts, SwitchLook } from '../findings/l2-facts.ts';

const KNOWN = new WeakMap<Lab, LabSwitches>();

/** The switches of a running lab, and what was seen and done there while it runs. */
export class LabSwitches {
  readonly all: readonly Switch[];
  /** What each had right before the first fault of the trial, by its name. */
  before: ReadonlyMap<string, SwitchLook> = new Map();
  /** Ports that were plugged in, and the waits for their tags. */
  readonly plugs: { node: string; interface: string; plugged_ns: number; wired: Promise<number | null> }[] =
    [];

  private constructor(all: readonly Switch[]) {
    this.all = all;
  }

  /** undefined where the lab has none. */
  static of(lab: Lab): LabSwitches | undefined {
    const known = KNOWN.get(lab);
    if (known) return known;
    const all = switchesIn(lab.topology).map(({ found }) => found);
    if (all.length === 0) return undefined;
    const own = new LabSwitches(all);
    KNOWN.set(lab, own);
    return own;
  }
}

/** For the facts of a trial: with the MAC addresses behind every wire. */
export function switchFacts(lab: Lab, all: readonly Switch[]): SwitchFacts[] {
  const macOf = (node: string, name: string) =>
    lab.node(node).ports.find((port) => port.interface === name)?.mac ?? '';
  return all.map(({ node, settings, wires }) => ({
    node,
    settings,
    wires: wires.map(({ interface: name, segment, peers }) => ({
      interface: name,
      segment,
      peers: peers.map((peer) => ({ ...peer, mac: macOf(peer.node, peer.interface) })),
    })),
  }));
}
