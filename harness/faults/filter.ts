import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeFrames, describeShare, FRAME_OPTIONS, frameChoice } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** Some frames of a wire are dropped between the nodes: what a wrong rule of a packet filter does. */
export const filter: FaultKind = {
  kind: 'filter',
  summary: 'frames of one protocol, port or direction, or a share of them, are dropped at a wire',
  targets: ['interface'],
  needs: ({ rate = '100' }) => ['nft bridge', ...(rate === '100' ? [] : ['nft numgen'])],
  options: { ...FRAME_OPTIONS, rate: 'percent that are dropped, at random, 1 to 100 (100)' },
  checkOptions: (options) => void ruleOf(options),
  prepare: (lab, target, options) => {
    const rule = ruleOf(options);
    const what = `${describeShare(rule.per_10000)}${describeFrames(rule)}`;
    return new FrameFault(lab, 'filter', target, rule, what);
  },
};

/** @throws InputError for what is not one of the words that there are, and for a rate that is not one. */
function ruleOf(options: FaultOptions): FrameRule {
  const choice = frameChoice('filter', options);
  const { rate = '100' } = options;
  const percent = wholeNumber(rate, 1, 100);
  if (percent === undefined)
    throw new InputError(`the rate of filter is a whole number of percent from 1 to 100, not '${rate}'`);
  return { ...choice, per_10000: percent * 100, action: 'drop', at_entry: false, longer_than: 0 };
}
