import { describe, expect, it } from 'vitest';
import type { RunCommand } from '../../../harness/journal/run-command.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { repeatCommand } from '../../../harness/report/provenance.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { crashTrial, journalOf } from './journals.ts';

const repeat = (command: Partial<RunCommand>, cwd = '/home/me/lab', profile = 'default') =>
  repeatCommand(
    journalOf([crashTrial(1, 3300)], {
      profile,
      command: {
        drill: '/home/me/lab/a/crash.drill.yml',
        out: `${cwd}/results`,
        environment: {},
        ...command,
      },
    }),
    cwd,
  );

describe('the command that makes the same run again', () => {
  it.each([
    ['/home/me/lab', 'a/crash.drill.yml'],
    ['/home/me/lab/a', 'crash.drill.yml'],
    ['/home/me/lab/b', '/home/me/lab/a/crash.drill.yml'],
    ['/', 'home/me/lab/a/crash.drill.yml'],
  ])('works in %s: %s', (cwd, drill) => {
    expect(repeat({}, cwd)).toBe(`hadrill run ${drill} --trials 1 --seed 1`);
  });

  it('is quoted for the shell', () => {
    expect(repeat({ drill: "/home/me/lab/it's mine/-x.drill.yml" })).toBe(
      String.raw`hadrill run 'it'\''s mine/-x.drill.yml' --trials 1 --seed 1`,
    );
    expect(repeat({ drill: '/home/me/lab/-x.drill.yml' })).toContain('hadrill run ./-x.drill.yml ');
  });

  it('has profile, folder for results and variables', () => {
    const command = repeat(
      {
        drill: 'l3/node-crash',
        out: '/tmp/my runs',
        environment: { ADVERT_INT: '2', TEXT: "a 'b'", DB_PASSWORD: null },
      },
      '/home/me',
      'neutron default',
    );
    expect(command).toBe(
      String.raw`hadrill run l3/node-crash --var ADVERT_INT=2 --var 'TEXT=a '\''b'\''' --var DB_PASSWORD ` +
        "--profile 'neutron default' --trials 1 --seed 1 --out '/tmp/my runs'",
    );
    expect(repeat({ out: '/home/me/lab/out/x' })).toMatch(/ --out out\/x$/);
  });
});

it('is not the same run where its files have changed, and the report says so before it', () => {
  const journal = journalOf([crashTrial(1, 3300)]);
  const words = 'What is repeated is not the same any more: the files have changed since.';
  const changed = 'the files have changed since';
  expect(terminalReport(journal, { colour: false, changed })).toMatch(
    new RegExp(`\\n${words}\\nRepeat: .*\\n$`),
  );
  expect(markdownReport(journal, changed)).toMatch(new RegExp(`\\n\\n${words}\\n\\nRepeat: .*\\n$`));
  expect(terminalReport(journal, { colour: false })).not.toContain('not the same');
});
