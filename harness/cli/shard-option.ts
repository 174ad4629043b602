import { InvalidArgumentError } from 'commander';
import type { Shard } from '../journal/shard.ts';

const WANTED = 'it must be I/N, such as 2/3; auto; or auto/N.';

/** Where CI systems say which of several jobs this one is: the index as they count it, from 0 or from 1. */
const SOURCES = [
  { index: 'CI_NODE_INDEX', total: 'CI_NODE_TOTAL', from: 1 },
  { index: 'BUILDKITE_PARALLEL_JOB', total: 'BUILDKITE_PARALLEL_JOB_COUNT', from: 0 },
  // An indexed job of Kubernetes knows no number of its pods.
  { index: 'JOB_COMPLETION_INDEX', total: undefined, from: 0 },
] as const;

/**
 * `2/3`, or `auto` and `auto/3`: then a CI system's environment says which, and if need be of how many.
 * @throws InvalidArgumentError that says what was wanted, or what the environment lacks.
 */
export function shardOption(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Shard {
  const [, auto, number, of] = /^(?:(auto)|(\d{1,6}))(?:\/(\d{1,6}))?$/.exec(text) ?? [];
  if (auto !== undefined) return checked(fromEnvironment(of === undefined ? undefined : Number(of), env));
  if (number === undefined || of === undefined) throw new InvalidArgumentError(WANTED);
  return checked({ number: Number(number), of: Number(of) });
}

function fromEnvironment(of: number | undefined, env: Readonly<Record<string, string | undefined>>): Shard {
  for (const { index, total, from } of SOURCES) {
    const said = env[index];
    if (said === undefined || said === '') continue;
    const count = of ?? (total === undefined ? undefined : wholeNumber(total, env[total]));
    if (count === undefined)
      throw new InvalidArgumentError(`${index} does not say of how many: give auto/N.`);
    return { number: wholeNumber(index, said) - from + 1, of: count };
  }
  const names = SOURCES.map(({ index }) => index).join(', ');
  throw new InvalidArgumentError(`auto needs one of ${names} in the environment.`);
}

function wholeNumber(name: string, value = ''): number {
  if (!/^\d{1,6}$/.test(value)) throw new InvalidArgumentError(`${name} is '${value}', not a whole number.`);
  return Number(value);
}

function checked(shard: Shard): Shard {
  const { number, of } = shard;
  if (number >= 1 && number <= of) return shard;
  throw new InvalidArgumentError(`there is no shard ${number} of ${of}: they are counted from 1.`);
}
