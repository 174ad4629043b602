import { InputError } from '../ground/errors.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { DIRECTION_OPTION, directionOf } from './frame-choice.ts';
import { optionTime_ms } from './option-time.ts';
import { type Discipline, Shaping } from './shaping.ts';

/** A long way: every frame takes longer, by the same time or by one that changes. */
export const delay: FaultKind = {
  kind: 'delay',
  summary: 'every frame of a wire takes longer, by a fixed time or with jitter',
  targets: ['interface'],
  needs: (options) => ['netem', ...(options.direction === 'to' ? [] : ['shaping of what comes in'])],
  options: {
    time: 'how much longer each takes, 1ms to 10s (20ms)',
    jitter: 'how far the time strays from that to either side, at random; less than `time` (0ms)',
    direction: DIRECTION_OPTION,
  },
  checkOptions: (options) => void disciplineOf(options),
  prepare: (lab, target, options) => new Shaping(lab, 'delay', target, disciplineOf(options)),
};

/** @throws InputError for what is not a time, and for a jitter that would have frames arrive before they are sent. */
function disciplineOf(options: FaultOptions): Discipline {
  const time_ms = optionTime_ms('delay', 'time', options.time ?? '20ms', 1, 10_000);
  const jitter_ms = optionTime_ms('delay', 'jitter', options.jitter ?? '0ms', 0, 10_000);
  if (jitter_ms > time_ms)
    throw new InputError(
      `the jitter of delay is at most its time, ${time_ms} ms, and not '${options.jitter}'`,
    );
  const jitter = jitter_ms > 0 ? [`${jitter_ms}ms`] : [];
  return {
    qdisc: ['netem', 'limit', '100000', 'delay', `${time_ms}ms`, ...jitter],
    direction: directionOf('delay', options),
    description: `${time_ms} ms${jitter_ms > 0 ? ` ± ${jitter_ms} ms` : ''}`,
  };
}
