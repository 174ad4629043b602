import { describe, expect, test } from 'vitest';
import { judgeTrial } from '../../../harness/analysis/judge-trial.ts';
import type { AuditRecord } from '../../../harness/journal/journal.ts';
import type { ProbeFindings } from '../../../harness/probes/probe.ts';

const findings = (change: Partial<ProbeFindings> = {}): ProbeFindings => ({
  metrics: {},
  outages: [],
  open: [],
  doubts: [],
  ...change,
});
const audit = (verdict: AuditRecord['verdict']): AuditRecord => ({
  name: 'one-owner',
  verdict,
  detail: verdict,
});

describe('judgeTrial', () => {
  test('passes what nothing is wrong with, without a reason', () => {
    expect(judgeTrial([findings()], [audit('pass')], [])).toEqual({ verdict: 'pass' });
  });

  test.each([
    ['starved', [findings()], [], ['starved: x']],
    ['troubled', [findings()], [], [undefined, 'no answer']],
    ['doubted by a probe', [findings(), findings({ doubts: ['udp: apart'] })], [], []],
    ['with an audit that could not be made', [findings()], [audit('unknown')], []],
    // What can't be trusted does not fail either.
    ['doubted and open', [findings({ doubts: ['a'], open: ['b'] })], [audit('fail')], []],
  ] as const)('a trial that is %s is unknown', (_, probes, audits, besides) => {
    expect(judgeTrial(probes, audits, besides).verdict).toBe('unknown');
  });

  test.each([
    ['an outage that stayed open', [findings(), findings({ open: ['udp: open'] })], []],
    ['a failed audit', [findings()], [audit('pass'), audit('fail')]],
    ['a failed audit beside one that could not be made', [findings()], [audit('unknown'), audit('fail')]],
  ])('%s fails it', (_, probes, audits) => {
    expect(judgeTrial(probes, audits, [undefined]).verdict).toBe('fail');
  });

  test('tells every reason, those that decide first', () => {
    const probes = [findings({ doubts: ['doubt'], open: ['open'] })];
    expect(judgeTrial(probes, [audit('pass'), audit('fail')], ['starved', undefined, 'trouble']).reason).toBe(
      'starved; trouble; doubt; open; one-owner: fail',
    );
  });
});
