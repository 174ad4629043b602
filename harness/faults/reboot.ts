import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { Restart } from './restart.ts';

const DEFAULT_DOWN = '5s';
/** Nothing can interrupt it meanwhile. */
const MOST_DOWN_MS = 60_000;

/** A machine loses its power and comes back by itself, as one fault. */
export const reboot: FaultKind = {
  kind: 'reboot',
  summary: 'a node or host loses its power, as in a crash, and is back after a while',
  targets: ['node', 'host'],
  options: { down: `how long it is without power, up to 60s (${DEFAULT_DOWN})` },
  checkOptions: (options) => void downOf(options),
  prepare: (lab, target, options) =>
    new Restart(lab, target, { signal: 'SIGKILL', down_ms: downOf(options) }, 'reboot'),
};

/** In ms. @throws InputError when it is too long. */
function downOf({ down = DEFAULT_DOWN }: FaultOptions): number {
  const down_ms = parseDurationMs(down);
  if (down_ms <= MOST_DOWN_MS) return down_ms;
  throw new InputError(`a reboot is down for 60s at most, not ${down}`, {
    remedy: 'in a drill, take crash with `heal`',
  });
}
