import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { seconds } from '../../../ground/bound-arithmetic.ts';
import type { Cause, CutWire } from '../../system-analysis.ts';
import type { Ways } from '../config/ways.ts';
import { type Gap, wiringBound } from './forwarding-bounds.ts';
import type { SwitchFacts } from './l2-facts.ts';

const UNPLUG = 'unplug';

/** A port that a fault took out of its switch. */
export interface PortLoss {
  own: SwitchFacts;
  wire: SwitchFacts['wires'][number];
  /** How long nothing gets through it. */
  gap: Gap;
}

/**
 * The port that `unplug` took.
 * @param resolved what its target was, from either end: `sw1:vm1`, `vm1:eth1`.
 * @returns undefined of another fault, and where no switch has that wire.
 */
export function portLoss(
  { kind, resolved }: { kind: string; resolved: string },
  fault: FaultSpan['fault'],
  switches: readonly SwitchFacts[],
): PortLoss | undefined {
  if (kind !== UNPLUG) return undefined;
  const isIt = (node: string, name: string) => resolved === `${node}:${name}`;
  for (const own of switches) {
    const wire = own.wires.find(
      (one) => isIt(own.node, one.interface) || one.peers.some((peer) => isIt(peer.node, peer.interface)),
    );
    if (wire) return { own, wire, gap: gapOf(`port ${wire.interface} of ${own.node}`, own, fault) };
  }
  return undefined;
}

/** Until it is plugged in again, and has its network from the agent. */
function gapOf(
  port: string,
  { settings }: SwitchFacts,
  { before_ns, after_ns, mended }: FaultSpan['fault'],
): Gap {
  if (!mended) return `${port} is out of its switch until healing`;
  const ms = (from_ns: number, until_ns: number) => Math.round((until_ns - from_ns) / 1e6);
  const low = Math.max(0, ms(after_ns, mended.from_ns));
  const wired = wiringBound(settings);
  return {
    low,
    high: ms(before_ns, mended.until_ns) + wired.high,
    from: `${port} is out of its switch for ${seconds(low)}, + ${wired.from}`,
  };
}

/** Who is behind the port is cut off. The switch goes on forwarding for all others. */
export function causesOfPortLoss({ own, wire, gap }: PortLoss, ways: Ways): Cause[] {
  const behind = new Set(wire.peers.map(({ node }) => node));
  const across = [...ways.pairsAcross(own.node)];
  const cut = across.filter((pair) => pair.split(' ').some((node) => behind.has(node)));
  const spared = across.filter((pair) => !cut.includes(pair));
  const from = `only port ${wire.interface} is out of ${own.node}, which forwards on`;
  return [
    {
      reaches: { kind: 'between', pairs: new Set(cut) },
      ...(typeof gap === 'string' ? { missing: gap } : { bound: gap }),
    },
    { reaches: { kind: 'between', pairs: new Set(spared) }, bound: { low: 0, high: 0, from } },
  ];
}

/** The wire of the machine behind the port. */
export function wiresOfPortLoss({ wire, gap }: PortLoss): CutWire[] {
  return wire.peers.map(({ node, interface: name }) => ({ node, interface: name, gap }));
}
