import type { FaultAim } from '../journal/trial-facts.ts';
import type { Fault } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { serviceOf } from './keeper-of.ts';

/** What a fault may have ended of its victims: what then runs anew is no finding. */
export function aimOf(fault: Pick<Fault, 'spares_processes'>, target: ResolvedTarget): FaultAim {
  if (fault.spares_processes || target.form === 'interface' || target.form === 'network')
    return { ends: 'none', names: [] };
  if (target.form !== 'process') return { ends: 'any', names: [] };
  const { name, followers } = serviceOf(target.process);
  return { ends: 'processes', names: [...new Set([target.process, name, ...followers])] };
}
