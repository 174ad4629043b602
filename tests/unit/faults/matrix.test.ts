import { describe, expect, test } from 'vitest';
import { faultKind, faults, unknownOptions } from '../../../harness/faults/registry.ts';
import { KERNEL_ABILITIES } from '../../../harness/lab/kernel-abilities.ts';
import { targetForm } from '../../../harness/systems/resolved-target.ts';
import { parseTarget } from '../../../harness/systems/roles.ts';
import { MATRIX } from '../../support/fault-matrix/rows.ts';

test.each([...faults.keys()])('the matrix of faults has a row for %s', (kind) => {
  expect(
    MATRIX.map((row) => row.kind),
    `no row of tests/support/fault-matrix tries ${kind}`,
  ).toContain(kind);
});

describe.each(MATRIX)('the row $kind $target $options', ({ kind, target, options = {} }) => {
  test('is a fault that can be written in a drill', () => {
    const form = targetForm(parseTarget(target));
    expect(faultKind(kind).targets).toContain(form);
    expect(unknownOptions(faultKind(kind), options)).toEqual([]);
    expect(() => faultKind(kind).checkOptions?.(options, form)).not.toThrow();
  });
});

test.each([...faults.values()].flatMap((kind) => (kind.needs?.({}) ?? []).map((name) => ({ kind, name }))))(
  'what $kind.kind needs of the kernel, $name, is tried by the doctor, who names the fault',
  ({ kind, name }) => {
    const ability = KERNEL_ABILITIES.find((one) => one.name === name);
    expect(ability?.purpose).toContain(kind.kind);
  },
);
