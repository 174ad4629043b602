import type { Cause } from '../../system-analysis.ts';
import type { Ways } from '../config/ways.ts';
import { type DaemonLoss, isHang } from './daemon-loss.ts';
import { type Circumstances, type Gap, gapsOf } from './forwarding-bounds.ts';
import type { SwitchFacts } from './l2-facts.ts';

/** Why frames between nodes may not be forwarded, by the loss of a daemon of a switch that they cross. */
export function causesOfLoss(
  loss: DaemonLoss,
  { node, settings }: Pick<SwitchFacts, 'node' | 'settings'>,
  at: Omit<Circumstances, 'by_trunk'>,
  ways: Ways,
): Cause[] {
  const pairs = [...ways.pairsAcross(node)];
  return [false, true].flatMap((by_trunk) => {
    const own = new Set(pairs.filter((pair) => ways.isInside(node, pair) !== by_trunk));
    if (own.size === 0) return [];
    const { all, new_flows } = gapsOf(loss, settings, { ...at, by_trunk });
    const reaches = { kind: 'between', pairs: own } as const;
    return [
      { reaches, ...known(all) },
      ...(new_flows === undefined ? [] : [{ reaches, new_flows: true as const, ...known(new_flows) }]),
    ];
  });
}

function known(gap: Gap): Pick<Cause, 'bound' | 'missing'> {
  return typeof gap === 'string' ? { missing: gap } : { bound: gap };
}

/** A daemon that is away since an earlier fault. */
export function isStillAway(loss: DaemonLoss, settings: SwitchFacts['settings'], mended: boolean): boolean {
  if (mended || loss.down_ms !== undefined) return false;
  if (isHang(loss)) return true;
  return !(loss.daemon === 'agent' && settings.agent_respawns);
}
