import { changeTable } from '../compare/change-table.ts';
import type { LastChange } from './last-change.ts';

/** What the last run of each profile says beside the runs before it; ends with a newline. */
export function changeReport(changes: readonly LastChange[]): string {
  return changes.map(profileBlock).join('\n');
}

function profileBlock({ last, before, newly_failed, changes }: LastChange): string {
  const day = last.started_at.slice(0, 16).replace('T', ' ');
  const of = last.profile === 'default' ? '' : ` (profile ${last.profile})`;
  if (before.length === 0)
    return `The run of ${day}${of} has none with numbers before it to be compared with.\n`;
  const runs = before.length === 1 ? 'the run' : `the ${before.length} runs`;
  const failed = newly_failed ? 'It failed, and the run before it had passed.\n' : '';
  return `The run of ${day}${of} beside ${runs} before it:\n${failed}\n${changeTable(changes, { base: 'BEFORE', now: 'LAST' })}`;
}
