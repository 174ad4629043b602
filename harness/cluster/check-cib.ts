import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Cib, CibOperation, CibPrimitive } from '../measure/cib.ts';
import { pacemakerTimeMs } from '../measure/pacemaker-time.ts';

/**
 * Reports what Pacemaker would refuse or never do with a configuration ("Pacemaker Explained"): an id twice, a
 * constraint on what is not there, a time that is none, a resource that is never monitored.
 */
export function checkCib(cib: Cib): InputProblem[] {
  return [...checkIds(cib), ...checkConstraints(cib), ...cib.primitives.flatMap(checkOperations)];
}

function checkIds({ ids }: Cib): InputProblem[] {
  const seen = new Set<string>();
  return ids.flatMap(({ id, position }) => {
    const is_new = !seen.has(id);
    seen.add(id);
    return is_new
      ? []
      : [{ message: `id '${id}' is there twice: every id is the only one of its name`, position }];
  });
}

function checkConstraints({ constraints, resource_ids: known }: Cib): InputProblem[] {
  return constraints.flatMap(({ kind, id, resources }) =>
    resources
      .filter((resource) => !known.includes(resource.id))
      .map(({ id: resource, position }) => {
        const there = known.length > 0 ? `there are ${known.join(', ')}` : 'there is none';
        const message = `${kind} '${id}' names a resource '${resource}' that is not there${didYouMean(resource, known)}; ${there}`;
        return { message, position };
      }),
  );
}

function checkOperations({ id, class: standard, operations, position }: CibPrimitive): InputProblem[] {
  const problems = operations.flatMap((one) => timeProblems(id, one));
  // A fencing device that fails is seen when it is used.
  if (standard === 'stonith' || problems.length > 0 || operations.some(isRepeatedMonitor)) return problems;
  const message = `'${id}' is never monitored, so Pacemaker never sees it fail: give it an operation like <op id="${id}-monitor" name="monitor" interval="1s" timeout="5s"/>`;
  return [{ message, position }];
}

function timeProblems(id: string, { name, interval, timeout, position }: CibOperation): InputProblem[] {
  return [interval, timeout].flatMap((time) => {
    if (time === undefined || timeMs(time) !== undefined) return [];
    const message = `${name} of '${id}': '${time}' is no Pacemaker time: write it like 1s, 500ms or PT1M30S`;
    return [{ message, position }];
  });
}

function isRepeatedMonitor({ name, interval, enabled }: CibOperation): boolean {
  const is_off = /^(?:false|no|off|n|0)$/i.test(enabled ?? 'true');
  return name === 'monitor' && !is_off && (timeMs(interval ?? '0') ?? 0) > 0;
}

function timeMs(text: string): number | undefined {
  try {
    return pacemakerTimeMs(text);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
