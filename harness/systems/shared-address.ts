import type { LabTime } from '../ground/time.ts';
import type { AddressEvent, TrialWindows } from '../journal/trial-facts.ts';
import { AddressAnswers } from '../observe/address-answers.ts';

/** An address that one of several nodes holds, and another one takes when that one is gone. */
export interface SharedAddress {
  address: string;
  members: readonly { node: string; macs: readonly string[] }[];
}

/**
 * Which of the members got or lost the address, in order of time, according to the kernel: all that is on record, from the
 * beginning of the first fault's system call to the end of the trial, or from a later moment on.
 */
export function addressChanges(
  { address: shared, members }: SharedAddress,
  events: readonly AddressEvent[],
  since_ns: LabTime = -Infinity,
): AddressEvent[] {
  const nodes = new Set(members.map(({ node }) => node));
  return events.filter(
    ({ address, node, at_ns }) => address === shared && nodes.has(node) && at_ns >= since_ns,
  );
}

/**
 * When a member first got the address, until healing began; undefined when none did.
 * @param but the member that does not take over when it gets it again; undefined where it is.
 */
export function takingOf(
  changes: readonly AddressEvent[],
  { heal_ns }: Pick<TrialWindows, 'heal_ns'>,
  but?: string,
): AddressEvent | undefined {
  return changes.find(({ change, node, at_ns }) => change === 'added' && node !== but && at_ns < heal_ns);
}

/** The interfaces of one of the members. */
export function macsOf({ members }: SharedAddress, node: string | undefined): readonly string[] {
  return members.find((member) => member.node === node)?.macs ?? [];
}

/**
 * Looks for who answers at addresses from the moments on at which they were taken.
 * @param taken an address, and when it was taken; those that nobody took are not asked about.
 */
export function answersSince(
  taken: readonly (readonly [string, AddressEvent | undefined])[],
): AddressAnswers {
  const since = taken.flatMap(([address, taking]): [string, LabTime][] =>
    taking ? [[address, taking.at_ns]] : [],
  );
  return new AddressAnswers(new Map(since));
}

/** When a member first answered at the address; undefined when it did not. @param answers has seen every frame. */
export function firstAnswer(
  shared: SharedAddress,
  node: string | undefined,
  answers: AddressAnswers,
): LabTime | undefined {
  const macs = macsOf(shared, node);
  return answers.of(shared.address).find(({ mac }) => macs.includes(mac))?.at_ns;
}
