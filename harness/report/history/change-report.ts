import { formatValue } from '../../journal/format-value.ts';
import { BASIS_WORDS, changeTable, probability } from '../compare/change-table.ts';
import { type LastChange, losesMore } from './last-change.ts';
import type { RunRecord } from './run-record.ts';
import { versionChanges } from './version-changes.ts';

/** What the last run of each profile says beside the runs before it; ends with a newline. */
export function changeReport(changes: readonly LastChange[], runs: readonly RunRecord[] = []): string {
  const versions = versionChanges(runs);
  return changes
    .map((change) => `${profileBlock(change)}${lostSentence(change)}${driftLines(change, versions)}`)
    .join('\n');
}

function profileBlock({ last, before, other_machines, newly_failed, changes }: LastChange): string {
  const day = last.started_at.slice(0, 16).replace('T', ' ');
  const of = last.profile === 'default' ? '' : ` (profile ${last.profile})`;
  if (before.length === 0)
    return `The run of ${day}${of} has none with numbers before it to be compared with.\n`;
  const runs = before.length === 1 ? 'the run' : `the ${before.length} runs`;
  const failed = newly_failed ? 'It failed, and the run before it had passed.\n' : '';
  const machines =
    last.machine !== undefined && other_machines.length > 0
      ? `It was made on ${last.machine}, those before it on others: ${other_machines.join(', ')}.\n`
      : '';
  return `The run of ${day}${of} beside ${runs} before it:\n${failed}${machines}\n${changeTable(changes, { base: 'BEFORE', now: 'LAST' })}`;
}

/** Of the trials whose numbers do not count, a trend of its own. */
function lostSentence(change: LastChange): string {
  const { before, now, p } = change.lost;
  if (before.of === 0 || before.count + now.count === 0) return '';
  const words = losesMore(change) ? 'more than by chance' : 'no difference shown';
  return `Trials that do not count: ${before.count} of ${before.of} before, ${now.count} of ${now.of} now: ${words} (p ${probability(p)}).\n`;
}

/** Lasting changes, with the versions that changed with them. */
function driftLines({ drifts }: LastChange, versions: ReturnType<typeof versionChanges>): string {
  const lines = drifts.map(({ metric, basis, since, shown, from, to }) => {
    const day = (moment: string) => moment.slice(0, 16).replace('T', ' ');
    const of = versions.filter(({ started_at }) => started_at === since).map(({ words }) => words);
    const word = to > from ? 'worse' : 'better';
    return (
      `${metric}${BASIS_WORDS[basis]} is lastingly ${word} since ${day(since)}: ${formatValue(metric, from)} -> ` +
      `${formatValue(metric, to)}, shown by the run of ${day(shown)}` +
      `${of.length > 0 ? `; with it: ${of.join(', ')}` : ''}\n`
    );
  });
  return lines.join('');
}
