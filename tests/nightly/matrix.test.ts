import { expect, test } from 'vitest';
import type { MatrixReport } from '../../harness/report/matrix/matrix-report.ts';
import { freshFile, freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile } from '../support/labs.ts';

const TIMEOUT_MS = 300_000;
/** Of the file's drill or of the machine: a starved trial is not known. */
const MADE = [0, 4];

test(
  'two runs of a matrix are made in labs, and one stands beside the other; so do their shards',
  async () => {
    const text = `drills: [${drillFile('quick-crash')}]\nvariables: { PRIORITY: [50, 60] }\n`;
    const file = await freshFile('two.matrix.yml', text);
    const out = await freshFolder();
    const made = async (shard: string) => {
      const what = ['run', '--matrix', file, '--trials', '2', '--seed', '3', '--shard', shard, '--out', out];
      const done = await hadrill([...what, '--json', '--quiet'], { timeout_ms: TIMEOUT_MS });
      expect(MADE, done.stderr).toContain(done.code);
      return JSON.parse(done.stdout) as MatrixReport;
    };
    for (const shard of ['1/2', '2/2']) {
      const { cells, columns } = await made(shard);
      expect(columns).toBe('PRIORITY');
      expect(cells.map(({ values, trials }) => [values.PRIORITY, trials])).toEqual([
        ['50', 1],
        ['60', 1],
      ]);
      expect(cells[1]).toMatchObject({ beside: '50' });
      expect(cells[1]!.comparison?.differences).toContain('variable PRIORITY: 50 -> 60');
    }
    const merged = await hadrill(['merge', out, '--matrix', file, '--json', '--out', await freshFolder()]);
    expect(MADE, merged.stderr).toContain(merged.code);
    const { cells } = JSON.parse(merged.stdout) as MatrixReport;
    expect(cells.map(({ trials }) => trials)).toEqual([2, 2]);
  },
  TIMEOUT_MS,
);
