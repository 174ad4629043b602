import { InputError } from '../ground/errors.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { Cut } from './cut.ts';

/** A wire passes frames in one direction only: `cut` with kind=frames and a direction. */
export const oneWay: FaultKind = {
  kind: 'one-way',
  summary: 'a wire with its carrier up loses everything in one direction, and passes the other',
  targets: ['interface'],
  needs: () => ['bridge locked ports'],
  options: { lost: 'from (what the node sends is lost) or to (what is sent to it) (from)' },
  checkOptions: (options) => void lostWay(options),
  prepare: (lab, target, options) =>
    new Cut(lab, target, { kind: 'frames', direction: lostWay(options) }, 'one-way'),
};

/** @throws InputError for a word that is not a way. */
function lostWay({ lost = 'from' }: FaultOptions): 'from' | 'to' {
  if (lost === 'from' || lost === 'to') return lost;
  throw new InputError(`what one-way loses is from or to, not '${lost}'`);
}
