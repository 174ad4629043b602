import { InputError } from '../ground/errors.ts';
import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeFrames, describeShare, FRAME_OPTIONS, frameChoice, sharePer10000 } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** Bits change on the way: the receiver finds a wrong checksum. */
export const corrupt: FaultKind = {
  kind: 'corrupt',
  summary: 'a share of the packets of a wire arrives spoilt: their checksums are wrong',
  targets: ['interface'],
  needs: () => ['nft bridge', 'nft numgen'],
  options: { ratio: 'percent that are spoilt, 0.01 to 100 (10)', ...FRAME_OPTIONS },
  checkOptions: (options) => void ruleOf(options),
  prepare: (lab, target, options) => {
    const rule = ruleOf(options);
    const what = `${describeShare(rule.per_10000)}${describeFrames(rule)}`;
    return new FrameFault(lab, 'corrupt', target, rule, what);
  },
};

/** @throws InputError for ARP, which has no checksum: it would be taken as it is. */
function ruleOf(options: FaultOptions): FrameRule {
  const per_10000 = sharePer10000('corrupt', 'ratio', options.ratio ?? '10');
  const choice = frameChoice('corrupt', options);
  if (choice.protocol === 'arp')
    throw new InputError('corrupt spoils what has a checksum, and arp has none', {
      remedy: 'use arp-poison for wrong answers, or loss with protocol=arp',
    });
  return { ...choice, per_10000, action: 'corrupt', at_entry: true, longer_than: 0 };
}
