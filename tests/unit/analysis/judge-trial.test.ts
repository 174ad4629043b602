import { describe, expect, test } from 'vitest';
import { judgeTrial, type TrialWitness } from '../../../harness/analysis/judge-trial.ts';
import type { AuditRecord } from '../../../harness/journal/journal.ts';
import { isTrusted } from '../../../harness/journal/trusted.ts';
import type { ProbeFindings } from '../../../harness/probes/probe.ts';
import { trial as madeTrial } from '../verdict/trial.ts';

const emptyTrial = madeTrial({});
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

const outage = (outage_ms: number, open = true): ProbeFindings['outages'][number] => ({
  start_ns: 0,
  end_ns: 0,
  outage_ms,
  outage_error_ms: 10,
  loss_derived_ms: outage_ms,
  lost: 1,
  open,
});
const judge = (probes: readonly ProbeFindings[], witness: Partial<TrialWitness> = {}) =>
  judgeTrial(probes, { audits: [], doubts: [], recovery_ms: 30_000, ...witness });

test('what failed before a fault was healed otherwise than by its own means has failed', () => {
  const witness = { trouble: 't', mended: true, healed_otherwise: true, failures: ['nobody took over'] };
  expect(judge([findings()], witness).verdict).toBe('fail');
});

describe('judgeTrial', () => {
  test('passes what nothing is wrong with, without a reason', () => {
    expect(judge([findings()], { audits: [audit('pass')] })).toEqual({ verdict: 'pass' });
  });

  test.each([
    ['starved', [findings()], { doubts: ['starved: x'] }],
    ['troubled', [findings()], { trouble: 'no answer' }],
    ['doubted by a probe', [findings(), findings({ doubts: ['udp: apart'] })], {}],
    [
      'doubted and open for a short time',
      [findings({ doubts: ['a'], open: ['b'], outages: [outage(9000)] })],
      {},
    ],
    [
      'starved, with something broken that was whole when it was looked at again',
      [findings()],
      { doubts: ['starved: x'], audits: [{ ...audit('fail'), passing: true }] },
    ],
    // What did not run as it must may have been left broken by that.
    [
      'troubled and broken',
      [findings({ open: ['b'], outages: [outage(99_000)] })],
      { trouble: 't', audits: [audit('fail')] },
    ],
    [
      'troubled, with something that could not be healed',
      [findings()],
      { trouble: 't', mended: false, audits: [audit('fail')] },
    ],
    [
      'healed by a new node, of which an audit says nothing good',
      [findings()],
      { trouble: 't', mended: true, healed_otherwise: true, audits: [audit('fail')] },
    ],
  ] as const)('a trial that is %s is unknown, and its numbers count for nothing', (_, probes, witness) => {
    const trial = judge(probes, witness);
    expect(trial.verdict).toBe('unknown');
    expect(isTrusted({ ...emptyTrial, ...trial })).toBe(false);
  });

  test('what is broken in spite of trouble, where all was healed, fails it, and its numbers count for nothing', () => {
    const trial = judge([findings()], { trouble: 'no answer', mended: true, audits: [audit('fail')] });
    expect(trial.verdict).toBe('fail');
    expect(isTrusted({ ...emptyTrial, ...trial })).toBe(false);
  });

  test('a trial with an audit that could not be made is unknown, and its numbers count', () => {
    const trial = judge([findings()], { audits: [audit('unknown')] });
    expect(trial.verdict).toBe('unknown');
    expect(isTrusted({ ...emptyTrial, ...trial })).toBe(true);
  });

  test.each([
    ['an outage that stayed open', [findings(), findings({ open: ['udp: open'] })], {}],
    ['a failed audit', [findings()], { audits: [audit('pass'), audit('fail')] }],
    [
      'a failed audit beside one that could not be made',
      [findings()],
      { audits: [audit('unknown'), audit('fail')] },
    ],
    [
      'a failed audit that passed when it looked again',
      [findings()],
      { audits: [{ ...audit('fail'), passing: true }] },
    ],
    ['a deadline that passed', [findings()], { failures: ['nobody took over within 30 s'] }],
  ] as const)('%s fails it', (_, probes, witness) => {
    const trial = judge(probes, { ...witness, doubts: [undefined] });
    expect(trial.verdict).toBe('fail');
    expect(isTrusted({ ...emptyTrial, ...trial })).toBe(true);
  });

  test.each([
    ['a failed audit', [findings()], { audits: [audit('fail')] }],
    ['a deadline that passed', [findings()], { failures: ['nobody took over within 30 s'] }],
    ['service that never came back', [findings({ open: ['udp: open'], outages: [outage(31_000)] })], {}],
  ] as const)(
    '%s fails it in spite of doubts, with both reasons and no number that counts',
    (_, probes, witness) => {
      const trial = judge(probes, { ...witness, doubts: ['starved: x'] });
      expect(trial).toMatchObject({ verdict: 'fail', doubts: ['starved: x'] });
      expect(trial.reason).toMatch(/^starved: x; ./);
      expect(isTrusted({ ...emptyTrial, ...trial })).toBe(false);
    },
  );

  test.each([
    [30_009, 30_000, {}, 'unknown'],
    [30_010, 30_000, {}, 'fail'],
    [30_100, 30_000, { starved_ms: 91 }, 'unknown'],
    [5009, 100, {}, 'unknown'],
    [5010, 100, {}, 'fail'],
  ])('open for %d ms where %d ms were waited, %j: %s', (outage_ms, recovery_ms, change, verdict) => {
    const probe = findings({ open: ['b'], outages: [outage(outage_ms)], ...change });
    expect(judge([probe], { recovery_ms, doubts: ['starved'] }).verdict).toBe(verdict);
  });

  test('an outage that ended is not one that never ended', () => {
    const probe = findings({ outages: [outage(60_000, false)] });
    expect(judge([probe], { doubts: ['starved'] }).verdict).toBe('unknown');
  });

  test('tells every reason, doubts first', () => {
    const probes = [findings({ doubts: ['doubt'], open: ['open'] })];
    const { reason } = judge(probes, {
      audits: [audit('pass'), audit('fail')],
      doubts: ['starved', undefined],
      trouble: 'trouble',
      failures: ['late'],
    });
    expect(reason).toBe('starved; trouble; doubt; late; open; one-owner: fail');
  });
});
