import { cleanLine } from '../ground/clean-text.ts';
import type { LabTime } from '../ground/time.ts';
import type { Audited, TrialOfAudit } from '../systems/audit.ts';
import type { BadNews } from '../systems/bad-news.ts';

export const LOG_NEWS = 'log-news';
const MOST_CHARACTERS = 160;

/** A line that a node has logged. */
export interface LogLine {
  at_ns: LabTime;
  text: string;
}

/** What a node has logged since the look before the fault. */
export interface NodeLog {
  node: string;
  lines: readonly LogLine[];
  /** Why it could not be read to its end. */
  gap?: string;
  /** What its user does not want to hear of. */
  ignored?: RegExp;
}

/** Lines of one node with the same meaning. */
interface Heard {
  news: BadNews;
  node: string;
  first: string;
  count: number;
  /** All came from a fault on, in a node that it took part of. */
  expected: boolean;
}

/** Whether a daemon has said that something is wrong with it, for which no fault of the trial accounts. */
export function judgeLog(logs: readonly NodeLog[], news: readonly BadNews[], trial: TrialOfAudit): Audited {
  const heard = logs.flatMap((log) => news.flatMap((one) => heardOf(log, one, trial)));
  const failing = heard.filter(({ news: { level }, expected }) => level === 'failure' && !expected);
  const others = heard.filter((one) => !failing.includes(one));
  const gaps = logs.flatMap(({ node, gap }) => (gap === undefined ? [] : [`the log of ${node}: ${gap}`]));
  const count = logs.reduce((sum, { lines }) => sum + lines.length, 0);
  const detail =
    failing.length > 0
      ? failing.map(describe).join(', ')
      : `${count} lines of ${logs.length} nodes were read, none with bad news${others.length > 0 ? ' that fails it' : ''}`;
  const notes = [...others.map(describe), ...gaps];
  return { name: LOG_NEWS, verdict: failing.length > 0 ? 'fail' : 'pass', detail, notes };
}

function heardOf({ node, lines, ignored }: NodeLog, news: BadNews, trial: TrialOfAudit): Heard[] {
  const found = lines.filter(({ text }) => news.pattern.test(text) && !ignored?.test(text));
  const [first] = found;
  if (!first) return [];
  const expected = found.every(({ at_ns }) => isFaultAt(trial, node, at_ns));
  return [
    { news, node, first: cleanLine(first.text).slice(0, MOST_CHARACTERS), count: found.length, expected },
  ];
}

/** Whether a fault had taken part of the node by then: its daemons may say so until the end of the trial. */
function isFaultAt({ fault, later_faults = [] }: TrialOfAudit, node: string, at_ns: LabTime): boolean {
  return [fault, ...later_faults].some(
    (one) => one !== undefined && (one.victims ?? []).includes(node) && at_ns >= one.before_ns,
  );
}

function describe({ news, node, first, count, expected }: Heard): string {
  const often = count > 1 ? `, ${count} times` : '';
  return `${node} logged '${first}'${often}: ${news.means}${expected ? ', after the fault' : ''}`;
}
