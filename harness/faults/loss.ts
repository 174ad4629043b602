import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeFrames, describeShare, FRAME_OPTIONS, frameChoice, sharePer10000 } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** A bad cable: a share of the frames is lost, each at random. */
export const loss: FaultKind = {
  kind: 'loss',
  summary: 'a share of the frames of a wire is lost, at random, in one or both directions',
  targets: ['interface'],
  needs: () => ['nft bridge', 'nft numgen'],
  options: { ratio: 'percent that are lost, 0.01 to 100 (10)', ...FRAME_OPTIONS },
  checkOptions: (options) => void ruleOf(options),
  prepare: (lab, target, options) => {
    const rule = ruleOf(options);
    const what = `${describeShare(rule.per_10000)}${describeFrames(rule)}`;
    return new FrameFault(lab, 'loss', target, rule, what);
  },
};

function ruleOf(options: FaultOptions): FrameRule {
  const per_10000 = sharePer10000('loss', 'ratio', options.ratio ?? '10');
  return { ...frameChoice('loss', options), per_10000, action: 'drop', at_entry: true, longer_than: 0 };
}
