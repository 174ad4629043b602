import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lackingFor } from '../../harness/faults/require-kernel.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { restsInFabric } from '../support/fabric-rests.ts';
import { MATRIX_LABS, matrixLab } from '../support/fault-matrix/labs.ts';
import { MATRIX } from '../support/fault-matrix/rows.ts';
import { inject } from '../support/faults.ts';
import { freshName, removeLabs } from '../support/labs.ts';

describe.each(['faults', 'lb', 'switches', 'routers'] as const)('on the lab %s', (where) => {
  const name = freshName(`matrix-${where}`);
  const { healthy } = MATRIX_LABS[where];
  let lab: Lab;
  beforeAll(async () => {
    lab = await matrixLab(where, name);
  });
  afterAll(async () => {
    lab?.disconnect();
    await removeLabs(name);
  });

  test.for(MATRIX.filter(({ on }) => on === where))('$kind of $target $options', async (row, context) => {
    const { kind, target, options = {} } = row;
    const [lacking] = await lackingFor(lab, [{ kind, options }]);
    if (lacking) {
      const names = lacking.lacks.map((one) => one.name).join(', ');
      await expect(inject(lab, kind, target, options)).rejects.toThrow(
        `the engine's kernel cannot do the fault '${kind}': it has no ${names}`,
      );
      return context.skip(`the kernel has no ${names}`);
    }
    const { injection } = await inject(lab, kind, target, options);
    try {
      expect(injection.record.verified).toBe(true);
      await row.effect(lab);
    } finally {
      await injection.heal();
    }
    expect(await injection.fault.verifyHealed()).toBeUndefined();
    await injection.fault.heal();
    expect(await restsInFabric(name)).toEqual([]);
    await healthy(lab);
  });
});
