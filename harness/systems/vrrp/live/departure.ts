import { isDeadly, isStopping } from '../../../lab/signals.ts';
import type { Fault } from '../../fault.ts';

/** keepalived(8): SIGTERM makes it give up mastership with a priority 0 advert; SIGKILL gives it no chance to. */
export function departureOf(process: string, signal: string): Fault['departure'] {
  if (process !== 'keepalived' || !(isDeadly(signal) || isStopping(signal))) return undefined;
  return signal === 'SIGTERM' || signal === 'SIGINT' ? 'graceful' : 'abrupt';
}
