import { expect, test } from 'vitest';
import type { Audit, AuditScene } from '../../../harness/audits/audit.ts';
import { runAudits } from '../../../harness/audits/registry.ts';
import { EnvironmentError } from '../../../harness/ground/errors.ts';

const scene = {} as AuditScene;

test('an audit that cannot look gives one unknown record and leaves the others', async () => {
  const broken: Audit = {
    name: 'broken',
    run: async () => {
      throw new EnvironmentError('the fabric is gone');
    },
  };
  const thrower: Audit = {
    name: 'thrower',
    run: () => {
      throw new Error('a defect');
    },
  };
  const fine: Audit = { name: 'fine', run: async () => [{ name: 'fine', verdict: 'pass', detail: 'well' }] };
  expect(await runAudits(scene, [broken, fine, thrower])).toEqual([
    { name: 'broken', verdict: 'unknown', detail: 'could not be looked at: the fabric is gone' },
    { name: 'fine', verdict: 'pass', detail: 'well' },
    { name: 'thrower', verdict: 'unknown', detail: 'could not be looked at: a defect' },
  ]);
});
