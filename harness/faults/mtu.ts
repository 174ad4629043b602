import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import type { FrameRule } from '../lab/agent-shapes.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { DIRECTION_OPTION, directionOf } from './frame-choice.ts';
import { FrameFault } from './frame-fault.ts';

/** A switch or tunnel takes less than its ends believe: long packets vanish, and nobody is told. */
export const mtu: FaultKind = {
  kind: 'mtu',
  summary: 'a wire takes no packet longer than so many bytes: longer ones vanish without a word',
  targets: ['interface'],
  needs: () => ['nft bridge'],
  options: {
    bytes: 'the longest packet that passes, from the header of IP on, 68 to 9000 (1400)',
    direction: DIRECTION_OPTION,
  },
  checkOptions: (options) => void ruleOf(options),
  prepare: (lab, target, options) => {
    const rule = ruleOf(options);
    const way = rule.direction === 'both' ? '' : ` ${rule.direction} it`;
    return new FrameFault(lab, 'mtu', target, rule, `${rule.longer_than} bytes${way}`);
  },
};

/** @throws InputError for a length that is none. 68: RFC 791 section 3.2. */
function ruleOf(options: FaultOptions): FrameRule {
  const { bytes = '1400' } = options;
  const longer_than = wholeNumber(bytes, 68, 9000);
  if (longer_than === undefined)
    throw new InputError(`the bytes of mtu are a whole number from 68 to 9000, not '${bytes}'`);
  const direction = directionOf('mtu', options);
  return {
    protocol: 'any',
    number: null,
    direction,
    per_10000: 10_000,
    action: 'drop',
    at_entry: true,
    longer_than,
  };
}
