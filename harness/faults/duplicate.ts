import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeFrames, describeShare, FRAME_OPTIONS, frameChoice, sharePer10000 } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** Frames arrive twice, as by a loop or two ways that are both open. */
export const duplicate: FaultKind = {
  kind: 'duplicate',
  summary: 'a share of the frames of a wire arrives twice, in one or both directions',
  targets: ['interface'],
  needs: () => ['nft bridge', 'nft numgen', 'nft netdev egress'],
  options: { ratio: 'percent that arrive twice, 0.01 to 100 (10)', ...FRAME_OPTIONS },
  checkOptions: (options) => void ruleOf(options),
  prepare: (lab, target, options) => {
    const rule = ruleOf(options);
    const what = `${describeShare(rule.per_10000)}${describeFrames(rule)}`;
    return new FrameFault(lab, 'duplicate', target, rule, what);
  },
};

function ruleOf(options: FaultOptions): FrameRule {
  const per_10000 = sharePer10000('duplicate', 'ratio', options.ratio ?? '10');
  const choice = frameChoice('duplicate', options);
  return { ...choice, per_10000, action: 'duplicate', at_entry: false, longer_than: 0 };
}
