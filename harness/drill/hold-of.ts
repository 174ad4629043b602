import type { Hold } from '../journal/run-facts.ts';
import type { DrillFile } from './drill-schema.ts';

const DEFAULT_HOLD: Hold = {
  steady_ms: 1000,
  takeover_ms: 30_000,
  recovery_ms: 30_000,
  settled_ms: 1000,
  rejoin_ms: 5000,
};

/** How long each part of a trial lasts, or may last: what is not said has its default. */
export function holdOf(hold: DrillFile['hold'] = {}): Hold {
  return {
    steady_ms: hold.steady ?? DEFAULT_HOLD.steady_ms,
    takeover_ms: hold.takeover ?? DEFAULT_HOLD.takeover_ms,
    recovery_ms: hold.recovery ?? DEFAULT_HOLD.recovery_ms,
    settled_ms: hold.settled ?? DEFAULT_HOLD.settled_ms,
    rejoin_ms: hold.rejoin ?? DEFAULT_HOLD.rejoin_ms,
  };
}
