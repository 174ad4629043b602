import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { Cut } from './cut.ts';
import { describeFrames, FRAME_OPTIONS, frameChoice } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** Nothing passes a wire whose carrier is up: `cut` with kind=frames; or nothing of a protocol, as `filter` does. */
export const blackhole: FaultKind = {
  kind: 'blackhole',
  summary: 'a wire with its carrier up passes nothing, or nothing of one protocol or port, both ways',
  targets: ['interface'],
  needs: (options) => (choosesFrames(options) ? ['nft bridge'] : []),
  options: { protocol: FRAME_OPTIONS.protocol, port: FRAME_OPTIONS.port },
  checkOptions: (options) => void frameChoice('blackhole', options),
  prepare: (lab, target, options) => {
    const choice = frameChoice('blackhole', options);
    if (!choosesFrames(options))
      return new Cut(lab, target, { kind: 'frames', direction: 'both' }, 'blackhole');
    const rule: FrameRule = {
      ...choice,
      per_10000: 10_000,
      action: 'drop',
      at_entry: true,
      longer_than: 0,
    };
    return new FrameFault(lab, 'blackhole', target, rule, describeFrames(choice));
  },
};

function choosesFrames({ protocol = 'any' }: FaultOptions): boolean {
  return protocol !== 'any';
}
