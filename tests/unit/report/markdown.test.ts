import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

describe('markdownReport', () => {
  it('has the same content in tables', () => {
    const text = markdownReport(journalOf([crashTrial(1, 3300), crashTrial(2, 3300, 40)])).split('\n');
    expect(text[0]).toBe('## FAIL l3/node-crash');
    expect(text).toContain(
      '- Clients were cut off for 3.30 s (median of 2 trials), at worst 3.30 s ± 5.0 ms, of 2.80-3.80 s allowed.',
    );
    expect(text).toContain('| Metric | Min | Median | P95 | Max | Allowed |');
    expect(text).toContain('| --- | ---: | ---: | ---: | ---: | --- |');
    expect(text).toContain(String.raw`| udp.outage\_ms | 3.30 s | 3.30 s | 3.30 s | 3.30 s | 2.80-3.80 s |`);
    expect(text).toContain(
      String.raw`| FAIL | tcp.survived\_ratio | == 100 % in every trial | 80-100 %, worst 80 % |`,
    );
    const at = text.indexOf('- **FAIL** trial 2 (records: `trial-2`)');
    expect(text[at + 1]).toBe(String.raw`  - tcp.survived\_ratio: wanted == 100 %, observed 80 %`);
    expect(text).toContain('Repeat: `hadrill run l3/node-crash --profile sla --trials 2 --seed 1`');
  });

  it('leaves out tables without rows', () => {
    const text = markdownReport(journalOf([unknownTrial(1, 'no | answer')], { expect: [] }));
    expect(text).not.toMatch(/### (Numbers|Expectations)/);
    expect(text).toContain(String.raw`  - no \| answer`);
    expect(text).not.toContain('\n\n\n');
  });
});
