import { cleanLines } from '../../ground/clean-text.ts';
import { InputError } from '../../ground/errors.ts';
import { jsonText } from '../../ground/json-text.ts';
import { registryOf } from '../../ground/registry.ts';
import { otavaCsv } from '../otava.ts';
import { changeReport } from './change-report.ts';
import { historyReport } from './history-report.ts';
import { issueText } from './issue-text.ts';
import { lastChanges } from './last-change.ts';
import type { RunRecord } from './run-record.ts';

/** The runs of a drill, oldest first; one at least. */
export interface DrillHistory {
  drill: string;
  runs: readonly RunRecord[];
}

interface HistoryFormat {
  name: string;
  /** @throws InputError where it is for one drill alone, and there are several. */
  render(histories: readonly DrillHistory[], metrics?: readonly string[]): string;
}

/** Every format of `hadrill history --format`. */
export const formats = registryOf<HistoryFormat>(
  'history format',
  [
    { name: 'text', render: (all, metrics) => all.map((one) => textHistory(one, metrics)).join('\n') },
    { name: 'json', render: jsonHistory },
    { name: 'otava', render: otavaHistory },
    { name: 'issue', render: (all) => issueText(all.map((one) => cleanLines(one))) },
  ],
  ({ name }) => name,
);

/** The runs, then the last one beside those before it. */
function textHistory({ drill, runs }: DrillHistory, metrics?: readonly string[]): string {
  const clean = cleanLines(runs);
  return `${historyReport(drill, clean, metrics)}\n${changeReport(lastChanges(clean), clean)}`;
}

function jsonHistory(all: readonly DrillHistory[]): string {
  const [only] = all;
  return jsonText(
    all.length === 1 && only ? only.runs : Object.fromEntries(all.map(({ drill, runs }) => [drill, runs])),
  );
}

function otavaHistory(all: readonly DrillHistory[], metrics?: readonly string[]): string {
  const [only, ...others] = all;
  if (!only || others.length > 0)
    throw new InputError('a series for Apache Otava is of one drill: name it, as in `hadrill history DRILL`');
  return otavaCsv(only.runs, metrics);
}
