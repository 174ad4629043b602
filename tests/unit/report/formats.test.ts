import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formats } from '../../../harness/report/formats.ts';
import { crashTrial, journalOf } from './journals.ts';

describe.each([...formats.values()])('report format $name', ({ name, render }) => {
  it('gives the whole report, to the last newline', () => {
    const text = [...render(journalOf([crashTrial(1, 3000)]), { colour: false, width: 80 })].join('');
    expect(text).toMatch(/l3\/node-crash.*\n$/s);
  });

  it.each(['harness/cli/main.ts', 'docs/reports.md', 'README.md'])('is named in %s', (file) => {
    const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
    expect(text.match(/^.*--format.*$/gm)?.join('\n')).toMatch(new RegExp(String.raw`\b${name}\b`));
  });
});
