import { describe, expect, test } from 'vitest';
import {
  beginAudits,
  lookBeforeFault,
  runAudits,
  type TrialScene,
} from '../../../harness/audits/run-audits.ts';
import { EnvironmentError } from '../../../harness/ground/errors.ts';
import type { AuditRecord } from '../../../harness/journal/journal.ts';
import type { Audit } from '../../../harness/systems/audit.ts';
import { auditEach } from '../../../harness/systems/audit-each.ts';

const scene = { before: { ran: new Map(), nodes: 'nobody looked' } } as unknown as TrialScene;

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

test('an audit that begins early goes on from there; one that cannot looks anew', async () => {
  const record = (detail: string): AuditRecord => ({ name: 'one', verdict: 'pass', detail });
  const begun: Audit = {
    name: 'one',
    run: async () => [record('anew')],
    begin: async () => async () => [record('went on')],
  };
  const refused: Audit = {
    ...begun,
    begin: async () => {
      throw new EnvironmentError('the fabric is busy');
    },
  };
  const defect: Audit = {
    ...begun,
    begin: () => {
      throw new Error('a defect');
    },
  };
  const plain: Audit = { name: 'one', run: async () => [record('late')] };
  const run = await beginAudits(scene, [begun, refused, defect, plain]);
  expect(await run()).toEqual([record('went on'), record('anew'), record('anew'), record('late')]);
});

describe('what ran before the fault could not be looked at', () => {
  const before = { nodes: new Set<string>(), unknown: ['the daemons of r2: the fabric does not answer'] };
  const of = (records: AuditRecord[], rests_on_before?: true) =>
    runAudits({ before: { ran: new Map([['one', before]]), nodes: '' } } as unknown as TrialScene, [
      { name: 'one', run: async () => records, ...(rests_on_before ? { rests_on_before } : {}) },
    ]);
  const record = (verdict: AuditRecord['verdict']) => ({ name: 'one', verdict, detail: 'seen' });
  const unknown = {
    name: 'one',
    verdict: 'unknown',
    detail: 'what ran before the fault is not known (the daemons of r2: the fabric does not answer)',
  };

  test('costs the audits that rest on it, whether they found something well or nothing to look at', async () => {
    expect(await of([record('pass')], true)).toEqual([unknown]);
    expect(await of([], true)).toEqual([unknown]);
  });

  test('and no other', async () => {
    expect(await of([record('pass')])).toEqual([record('pass')]);
    expect(await of([])).toEqual([]);
  });

  test('what is lost is lost', async () => {
    expect(await of([record('fail')], true)).toEqual([record('fail')]);
  });
});

test('what cannot be looked at at one subject hides nothing of the others', async () => {
  const records = await auditEach(
    'one-owner',
    ['a', 'b', 'c'],
    (router) => `virtual router '${router}'`,
    async (router) => {
      if (router === 'b') throw new EnvironmentError('the fabric does not answer');
      return {
        name: 'one-owner',
        verdict: router === 'a' ? 'fail' : 'pass',
        detail: `${router} is looked at`,
      };
    },
  );
  expect(records).toEqual([
    { name: 'one-owner', verdict: 'fail', detail: 'a is looked at' },
    {
      name: 'one-owner',
      verdict: 'unknown',
      detail: "virtual router 'b' could not be looked at: the fabric does not answer",
    },
    { name: 'one-owner', verdict: 'pass', detail: 'c is looked at' },
  ]);
});

test('an audit that cannot look before the fault costs itself, and not the trial', async () => {
  const before = { nodes: new Set(['r1']), unknown: [] };
  const kinds: Audit[] = [
    { name: 'one', before: async () => before, run: async () => [] },
    {
      name: 'two',
      before: async () => {
        throw new EnvironmentError('the fabric does not answer');
      },
      run: async () => [],
    },
    { name: 'three', run: async () => [] },
  ];
  const lab = { nodes: [], agent: { call: () => Promise.reject(new EnvironmentError('no answer')) } };
  const seen = await lookBeforeFault(lab as never, kinds);
  expect(seen.nodes).toBe('no answer');
  expect([...seen.ran]).toEqual([
    ['one', before],
    ['two', { nodes: new Set(), unknown: ['the fabric does not answer'] }],
  ]);
});
