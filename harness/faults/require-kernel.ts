import { EnvironmentError } from '../ground/errors.ts';
import { abilityScript, KERNEL_ABILITIES, readAbilities } from '../lab/kernel-abilities.ts';
import type { Lab } from '../lab/lab.ts';
import type { FaultOptions } from '../systems/fault.ts';
import { faultKind } from './registry.ts';

/** What has been found out of the kernel of a lab, by name of an ability. */
const known = new WeakMap<Lab, Map<string, boolean>>();

/**
 * Looks whether the kernel of a lab can do these faults.
 * @throws EnvironmentError naming the fault, what the kernel lacks for it, and what to do.
 */
export async function requireKernel(
  lab: Lab,
  faults: readonly { kind: string; options: FaultOptions }[],
): Promise<void> {
  const lacking = await lackingFor(lab, faults);
  const [first] = lacking;
  if (!first) return;
  const modules = [...new Set(first.lacks.map(({ module }) => module))].join(' ');
  const what = first.lacks.map(({ name }) => name).join(', ');
  throw new EnvironmentError(`the engine's kernel cannot do the fault '${first.kind}': it has no ${what}`, {
    remedy: `load it on the engine's machine (modprobe -a ${modules}), or leave the fault out; hadrill doctor lists what each fault needs`,
  });
}

/** The faults that the kernel of a lab cannot do, and what it lacks for each. */
export async function lackingFor(lab: Lab, faults: readonly { kind: string; options: FaultOptions }[]) {
  const needs = faults.map(({ kind, options }) => ({
    kind,
    needs: faultKind(kind).needs?.(options) ?? [],
  }));
  const found = await abilitiesOf(lab, [...new Set(needs.flatMap((one) => one.needs))]);
  return needs
    .map(({ kind, needs: names }) => ({
      kind,
      lacks: KERNEL_ABILITIES.filter(({ name }) => names.includes(name) && found.get(name) !== true),
    }))
    .filter(({ lacks }) => lacks.length > 0);
}

/** Tries what has not been tried in this lab; a kernel loads modules as they are asked for. */
async function abilitiesOf(lab: Lab, names: readonly string[]): Promise<ReadonlyMap<string, boolean>> {
  const found = known.get(lab) ?? new Map<string, boolean>();
  known.set(lab, found);
  const untried = KERNEL_ABILITIES.filter(({ name }) => names.includes(name) && found.get(name) !== true);
  if (untried.length === 0) return found;
  const output = await lab.agent.call('try_abilities', { script: abilityScript(untried) });
  for (const [name, present] of readAbilities(output)) found.set(name, present);
  return found;
}
