import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { DIRECTION_OPTION, directionOf, sharePer10000 } from './frame-choice.ts';
import { optionTime_ms } from './option-time.ts';
import { type Discipline, Shaping } from './shaping.ts';

/** Ways of different length: some frames overtake the others. */
export const reorder: FaultKind = {
  kind: 'reorder',
  summary: 'a share of the frames of a wire overtakes the others, which are held back for a time',
  targets: ['interface'],
  needs: (options) => ['netem', ...(options.direction === 'to' ? [] : ['shaping of what comes in'])],
  options: {
    ratio: 'percent that overtake, 0.01 to 100 (25)',
    time: 'how long the others are held back, 1ms to 10s (20ms)',
    direction: DIRECTION_OPTION,
  },
  checkOptions: (options) => void disciplineOf(options),
  prepare: (lab, target, options) => new Shaping(lab, 'reorder', target, disciplineOf(options)),
};

/** tc-netem(8): without a gap each frame goes at once with this chance; the others wait. */
function disciplineOf(options: FaultOptions): Discipline {
  const percent = sharePer10000('reorder', 'ratio', options.ratio ?? '25') / 100;
  const time_ms = optionTime_ms('reorder', 'time', options.time ?? '20ms', 1, 10_000);
  return {
    qdisc: ['netem', 'limit', '100000', 'delay', `${time_ms}ms`, 'reorder', `${percent}%`],
    direction: directionOf('reorder', options),
    description: `${percent} % overtake by ${time_ms} ms`,
  };
}
