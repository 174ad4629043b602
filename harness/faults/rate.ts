import { InputError } from '../ground/errors.ts';
import type { FaultKind, FaultOptions } from '../systems/fault.ts';
import { DIRECTION_OPTION, directionOf } from './frame-choice.ts';
import { optionTime_ms } from './option-time.ts';
import { type Discipline, Shaping } from './shaping.ts';

const UNITS: Readonly<Record<string, number>> = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9 };
const LEAST_BITS = 8000;
const MOST_BITS = 10e9;
/** A whole frame of 9000 bytes must fit, and what comes within a tick of the slowest kernel clock (tc-tbf(8)). */
const LEAST_BURST_BYTES = 9200;
const TICKS_PER_S = 100;

/** A narrow line: what is more than so many bits a second waits, and is dropped when the queue is full. */
export const rate: FaultKind = {
  kind: 'rate',
  summary: 'a wire takes only so many bits a second: more waits in a queue, and is dropped when that is full',
  targets: ['interface'],
  needs: (options) => ['tbf', ...(options.direction === 'to' ? [] : ['shaping of what comes in'])],
  options: {
    limit: 'bits a second: 500kbit, 1mbit, … (1mbit)',
    queue: 'the longest time that a frame waits, 1ms to 10s (50ms)',
    direction: DIRECTION_OPTION,
  },
  checkOptions: (options) => void disciplineOf(options),
  prepare: (lab, target, options) => new Shaping(lab, 'rate', target, disciplineOf(options)),
};

/** @throws InputError for what is not a rate or a time. */
function disciplineOf(options: FaultOptions): Discipline {
  const bits = bitsOf(options.limit ?? '1mbit');
  const queue_ms = optionTime_ms('rate', 'queue', options.queue ?? '50ms', 1, 10_000);
  const burst = Math.max(LEAST_BURST_BYTES, Math.ceil(bits / 8 / TICKS_PER_S));
  return {
    qdisc: ['tbf', 'rate', `${bits}bit`, 'burst', `${burst}b`, 'latency', `${queue_ms}ms`],
    direction: directionOf('rate', options),
    description: options.limit ?? '1mbit',
  };
}

function bitsOf(text: string): number {
  const [, number, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([kmg]?bit)$/.exec(text) ?? [];
  const bits = Math.round(Number(number) * (UNITS[unit!] ?? Number.NaN));
  if (bits >= LEAST_BITS && bits <= MOST_BITS) return bits;
  throw new InputError(`the limit of rate is 8kbit to 10gbit, written like 500kbit or 1mbit, not '${text}'`);
}
