import { changeReport } from './change-report.ts';
import { changeVerdict, lastChanges } from './last-change.ts';
import type { RunRecord } from './run-record.ts';

/**
 * The text of an issue about the drills whose last run is worse, in Markdown; empty where there is none. Its first line is
 * the title. What is in it must be cleaned.
 */
export function issueText(histories: readonly { drill: string; runs: readonly RunRecord[] }[]): string {
  const worse = histories.flatMap(({ drill, runs }) => {
    const changes = lastChanges(runs).filter((one) => changeVerdict([one]) === 'fail');
    return changes.length > 0 ? [{ drill, runs, changes }] : [];
  });
  if (worse.length === 0) return '';
  const sections = worse.map(({ drill, runs, changes }) => {
    const seeds = changes.map(
      ({ last }) =>
        `    hadrill run ${drill}${profileOf(last)} --trials ${last.trials_asked} --seed ${last.seed}\n`,
    );
    // Indented, so that no text in it is markup.
    return `## ${drill}\n\n${indented(changeReport(changes, runs))}\nTo repeat:\n\n${seeds.join('')}`;
  });
  const names = worse.map(({ drill }) => drill).join(', ');
  return `Worse than the runs before: ${names}\n\n${sections.join('\n')}`;
}

function profileOf({ profile }: RunRecord): string {
  return profile === 'default' ? '' : ` --profile ${profile}`;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
}
