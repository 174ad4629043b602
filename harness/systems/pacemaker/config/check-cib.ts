import { InputError } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { Finding } from '../../file-findings.ts';
import type { Cib, CibOperation, CibPrimitive } from './cib.ts';
import { unmanagedBy } from './cib-meta.ts';
import { isFalse, isTrue } from './pacemaker-boolean.ts';
import { pacemakerIntervalMs, pacemakerTimeoutMs } from './pacemaker-time.ts';

/**
 * Reports what Pacemaker refuses of a configuration, and what keeps all of it from being started ("Pacemaker
 * Explained"): an id twice, a constraint on what is not there, fencing without a device. What it takes and will not do
 * as written is a note: a time that is none, a resource that is never monitored.
 */
export function checkCib(cib: Cib): Finding[] {
  return [
    ...checkIds(cib),
    ...checkConstraints(cib),
    ...checkProperties(cib),
    ...cib.primitives.flatMap(checkOperations),
    ...cib.primitives.flatMap(checkMeta),
  ];
}

function checkIds({ ids }: Cib): Finding[] {
  const seen = new Set<string>();
  return ids.flatMap(({ id, position }) => {
    const is_new = !seen.has(id);
    seen.add(id);
    return is_new
      ? []
      : [{ message: `id '${id}' is there twice: every id is the only one of its name`, position }];
  });
}

function checkConstraints({ constraints, resource_ids: known }: Cib): Finding[] {
  const ids = new Set(known);
  return constraints.flatMap(({ kind, id, resources }) =>
    resources
      .filter((resource) => !ids.has(resource.id))
      .map(({ id: resource, position }) => {
        const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none';
        const message = `${kind} '${id}' names a resource '${resource}' that is not there${didYouMean(resource, known)}; ${there}`;
        return { message, position };
      }),
  );
}

/** Options with which Pacemaker starts nothing. */
function checkProperties({ properties, primitives, options_position: position }: Cib): Finding[] {
  if (primitives.length === 0) return [];
  const on = ['stop-all-resources', 'maintenance-mode'].filter((name) => isTrue(properties[name]));
  const findings = on.map((name): Finding => {
    return { message: `with ${name}=${properties[name]} Pacemaker starts no resource`, position };
  });
  const fences = !isFalse(properties['stonith-enabled']);
  if (fences && !primitives.some((one) => one.class === 'stonith')) {
    const message =
      'fencing is on and there is no fencing device, so Pacemaker starts no resource: set stonith-enabled to false, or give it a device';
    findings.push({ message, position });
  }
  return findings;
}

function checkOperations({ id, class: standard, operations, position }: CibPrimitive): Finding[] {
  const notes = operations.flatMap((one) => timeNotes(id, one));
  // A fencing device that fails is seen when it is used.
  if (standard === 'stonith' || operations.some(isRepeatedMonitor)) return notes;
  const message = `'${id}' is never monitored, so Pacemaker never sees it fail: an operation like <op id="${id}-monitor" name="monitor" interval="1s" timeout="5s"/> would do`;
  return [...notes, { message, position, note: true }];
}

/** Agents that never have roles: Pacemaker ignores a promotable clone with one of them. */
const WITHOUT_ROLES = new Set(['systemd', 'service', 'lsb']);

function checkMeta({ id, class: standard, clone, promotable, meta, position }: CibPrimitive): Finding[] {
  const notes: string[] = [];
  const target = meta['target-role'] ?? '';
  const unmanaged = unmanagedBy(meta);
  if (/^stopped$/i.test(target)) notes.push(`'${id}' has target-role=${target}: Pacemaker does not start it`);
  if (unmanaged !== undefined) {
    notes.push(`'${id}' has ${unmanaged}: Pacemaker neither starts nor stops it, nor recovers it`);
  }
  if (promotable && WITHOUT_ROLES.has(standard)) {
    notes.push(
      `'${id}' is a ${standard} resource, which has no roles: Pacemaker ignores the promotable clone '${clone}'`,
    );
  }
  return notes.map((message) => ({ message, position, note: true }));
}

function timeNotes(id: string, { name, interval, timeout, never, position }: CibOperation): Finding[] {
  const notes = never === undefined ? [] : [never];
  if (interval !== undefined && !isTime(() => pacemakerIntervalMs(interval)))
    notes.push(`'${interval}' is not a Pacemaker time: it is not repeated`);
  if (timeout !== undefined && !isTime(() => pacemakerTimeoutMs(timeout)))
    notes.push(`'${timeout}' is not a Pacemaker timeout: Pacemaker takes its default of 20 s`);
  return notes.map((words) => ({ message: `${name} of '${id}': ${words}`, position, note: true }));
}

function isRepeatedMonitor({ name, interval, enabled, never }: CibOperation): boolean {
  if (name !== 'monitor' || isFalse(enabled) || never !== undefined) return false;
  try {
    return (pacemakerIntervalMs(interval ?? '0') ?? 0) > 0;
  } catch (error) {
    // Pacemaker may read it: then it is repeated.
    if (error instanceof InputError) return true;
    throw error;
  }
}

/** Pacemaker takes it; what only hadrill does not follow is a time as well. */
function isTime(read: () => number | undefined): boolean {
  try {
    return read() !== undefined;
  } catch (error) {
    if (error instanceof InputError) return true;
    throw error;
  }
}
