import { expect, test } from 'vitest';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { crashTrial, journalOf } from './journals.ts';

test('says once what several probes have in common: no outage, all sessions', () => {
  const quiet = { 'r2.outage_ms': 0, 'r2.outage_error_ms': 2, 'r3.outage_ms': 0, 'r3.outage_error_ms': 7 };
  const sessions = { 'tcp2.sessions': 50, 'tcp2.survived': 50, 'tcp2.stall_ms': 190 };
  const one = crashTrial(1, 3000, 50, { metrics: { ...quiet, ...sessions } });
  const text = terminalReport(journalOf([one]), { colour: false }).replace(/\s+/g, ' ');
  expect(text).toContain('Clients were cut off (probe udp) for 3.00 s');
  expect(text).toContain('No outage was seen (probes r2, r3); up to 7.0 ms would have gone unseen.');
  expect(text).toContain('All TCP sessions lived on (probes tcp, tcp2): 50 of 50 each');
  const lost = crashTrial(1, 3000, 50, { metrics: { ...sessions, 'tcp2.survived': 49 } });
  const apart = terminalReport(journalOf([lost]), { colour: false }).replace(/\s+/g, ' ');
  expect(apart).toContain('All TCP sessions lived on (probe tcp): 50 of 50');
  expect(apart).toContain('Not all TCP sessions lived on (probe tcp2): 49 of 50');
});
