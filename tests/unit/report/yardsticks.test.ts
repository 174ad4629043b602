import { describe, expect, it } from 'vitest';
import type { Journal } from '../../../harness/journal/journal.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { yardstickSentences } from '../../../harness/report/yardsticks.ts';
import { crashTrial, journalOf } from './journals.ts';

const trial = (index: number, metrics: Record<string, number>) => crashTrial(index, 2806.7, 50, { metrics });
const text = (journal: Journal) => terminalReport(journal, { colour: false });

describe('other yardsticks', () => {
  const yardsticks = (name: string, change: Record<string, number> = {}) => ({
    [`${name}.outage_ms`]: 2806.7,
    [`${name}.yardstick_outage_ms`]: 2500,
    [`${name}.neutron_pings_lost`]: 28,
    [`${name}.tl9000_outage`]: 0,
    ...Object.fromEntries(Object.entries(change).map(([measure, value]) => [`${name}.${measure}`, value])),
  });
  const sentencesOf = (...all: Record<string, number>[]) =>
    yardstickSentences(journalOf(all.map((metrics, i) => trial(i + 1, metrics))));

  it('say what they would have read', () => {
    expect(sentencesOf(yardsticks('udp'))).toEqual([
      'By other yardsticks: OPNFV Yardstick, which looks every 2.40 s, would have read 2.50 s. Its target, ' +
        "less than 5.00 s, was met: the outage was 2.81 s. A ping every 100 ms lost 28 (Neutron's tests want fewer than 90). TL 9000 counts no outage (15.00 s or more).",
    ]);
  });

  it('say it over all trials, and by the outage itself whether the target was met', () => {
    const [words] = sentencesOf(
      yardsticks('udp', { yardstick_outage_ms: 0, neutron_pings_lost: 31 }),
      yardsticks('udp', { outage_ms: 5000 }),
      yardsticks('udp', { outage_ms: 20_000, neutron_pings_lost: 200, tl9000_outage: 1 }),
    );
    expect(words).toContain(
      'would have read 0 ms to 2.50 s. Its target, less than 5.00 s, was missed: the longest outage was 20.00 s.',
    );
    expect(words).toContain('lost 28-200 (');
    expect(words).toContain('TL 9000 counts 1 of them (15.00 s or more).');
    expect(sentencesOf(yardsticks('udp', { outage_ms: 5000 }))[0]).toContain('5.00 s, was missed: ');
    expect(sentencesOf(yardsticks('udp', { outage_ms: 4999 }))[0]).toContain(
      'was met: the outage was 4.999 s.',
    );
    expect(sentencesOf(yardsticks('udp', { outage_ms: 0 }))[0]).toContain('was met: there was no outage.');
  });

  it('never call the target met while an outage was not over', () => {
    const of = (outage_ms: number) =>
      yardstickSentences(
        journalOf([
          crashTrial(1, outage_ms, 50, {
            metrics: yardsticks('udp', { outage_ms }),
            lower_bounds: ['udp.outage_ms'],
          }),
        ]),
      )[0]!;
    expect(of(3000)).toContain(
      'would have read at least 2.50 s. Whether its target, less than 5.00 s, was met is not known: the outage was at least 3.00 s.',
    );
    expect(of(3000)).toContain('lost at least 28 (');
    expect(of(3000)).toContain('TL 9000 may count one (');
    expect(of(12_000)).toContain('was missed: the outage was at least 12.00 s.');
  });

  it('call the target met in the trials that count only', () => {
    const doubtful = crashTrial(2, 60_000, 50, { verdict: 'fail', doubts: ['starved'] });
    expect(yardstickSentences(journalOf([trial(1, yardsticks('udp')), doubtful]))[0]).toContain(
      'was met in the 1 of 2 trials that count: the outage was 2.81 s.',
    );
  });

  it('name the probe when there are several', () => {
    const words = sentencesOf({ ...yardsticks('udp'), ...yardsticks('web') });
    expect(words.map((one) => one.slice(0, 38))).toEqual([
      'By other yardsticks (probe udp): OPNFV',
      'By other yardsticks (probe web): OPNFV',
    ]);
  });

  it.each([
    [[2], 'ETSI NFV-REL: service availability level 2 was reached.'],
    [[1, 2, 1], 'ETSI NFV-REL: service availability level 2 was reached in every trial.'],
    [[1, 0], 'ETSI NFV-REL: no service availability level was reached in every trial.'],
    [[0], 'ETSI NFV-REL: no service availability level was reached.'],
  ])('levels %j: the worst of them', (levels, words) => {
    expect(sentencesOf(...levels.map((level) => ({ 'etsi.availability_level': level })))).toEqual([words]);
  });

  it('levels: a trial that reached none of them because nobody took over is not one that did', () => {
    const levels = [trial(1, { 'etsi.availability_level': 2 }), trial(2, {})];
    expect(yardstickSentences(journalOf(levels))).toEqual([
      'ETSI NFV-REL: service availability level 2 was reached in 1 of 2 trials.',
    ]);
  });

  it('have their place in both reports, and none where there are none', () => {
    const journal = journalOf([trial(1, yardsticks('udp'))]);
    expect(text(journal)).toMatch(/\n\nBy other yardsticks: OPNFV Yardstick, /);
    expect(markdownReport(journal)).toMatch(
      /\n\n### Other yardsticks\n\n- By other yardsticks: OPNFV Yardstick, /,
    );
    expect(text(journalOf([crashTrial(1, 3000)]))).not.toContain('yardstick');
    expect(markdownReport(journalOf([crashTrial(1, 3000)]))).not.toContain('yardstick');
    // Told in a sentence, and not among the numbers.
    expect(text(journal)).not.toMatch(/^(udp\.(yardstick|neutron|tl9000)|etsi)/m);
  });
});
