import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import { type FrameRule, PROTOCOLS } from '../lab/agent-shapes.ts';
import type { FaultOptions } from '../systems/fault.ts';

/** Which frames of a wire a fault means. */
export type FrameChoice = Pick<FrameRule, 'protocol' | 'number' | 'direction'>;

/** Nobody waits longer than that for a share of frames. */
const LEAST_PERCENT = 0.01;

const listed = (words: readonly string[]) => `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

export const DIRECTION_OPTION = 'both, from (what the node sends) or to (what is sent to it) (both)';

/** The options by which frames are chosen, for `FaultKind.options`. */
export const FRAME_OPTIONS = {
  protocol: `${listed(PROTOCOLS)} (any)`,
  port: 'of udp or tcp: those that come from it or go to it',
  direction: DIRECTION_OPTION,
};

/** @throws InputError for what is not one of the words that there are, and for a port where there are none. */
export function frameChoice(kind: string, options: FaultOptions): FrameChoice {
  const { protocol: word = 'any', port } = options;
  const protocol = PROTOCOLS.find((one) => one === word);
  if (!protocol) throw new InputError(`the protocol of ${kind} is ${listed(PROTOCOLS)}, not '${word}'`);
  const direction = directionOf(kind, options);
  if (port === undefined) return { protocol, number: null, direction };
  const number = wholeNumber(port, 1, 65_535);
  if (number === undefined)
    throw new InputError(`the port of ${kind} is a number from 1 to 65535, not '${port}'`);
  if (protocol !== 'udp' && protocol !== 'tcp')
    throw new InputError(`${protocol} has no ports`, {
      remedy: 'a port goes with protocol=udp or protocol=tcp',
    });
  return { protocol, number, direction };
}

/** @throws InputError for a word that is not a direction. */
export function directionOf(kind: string, { direction = 'both' }: FaultOptions): FrameRule['direction'] {
  if (direction === 'both' || direction === 'from' || direction === 'to') return direction;
  throw new InputError(`the direction of ${kind} is both, from or to, not '${direction}'`);
}

/**
 * How many of 10,000 a number of percent is: `10`, `0.5`, `10%`.
 * @throws InputError unless it is from 0.01 to 100.
 */
export function sharePer10000(kind: string, name: string, text: string): number {
  const number = /^\d{1,3}(?:\.\d{1,2})?%?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (number >= LEAST_PERCENT && number <= 100) return Math.round(number * 100);
  throw new InputError(`the ${name} of ${kind} is a number of percent from 0.01 to 100, not '${text}'`);
}

/** For labels: `udp port 53 from it`. */
export function describeFrames({ protocol, number, direction }: FrameChoice): string {
  const what = protocol === 'any' ? 'all frames' : protocol;
  const at = number === null ? '' : ` port ${number}`;
  return `${what}${at}${direction === 'both' ? '' : ` ${direction} it`}`;
}

/** For labels: `10 % of `; nothing for all of them. */
export function describeShare(per_10000: number): string {
  return per_10000 < 10_000 ? `${per_10000 / 100} % of ` : '';
}
