import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatValue } from '../../journal/format-value.ts';
import type { FoundRuns } from '../history/find-runs.ts';
import { cellOf } from '../history/history-report.ts';
import { comparedMetrics, type RunRecord } from '../history/run-record.ts';
import { type Content, html, Markup } from './markup.ts';
import { PAGE_FILE, page } from './page.ts';
import { sparkline } from './sparkline.ts';
import { list, table } from './tables.ts';
import { verdictMark } from './verdict-mark.ts';

/**
 * Many runs as one page: a row for each drill and profile, with its last verdict, its runs, and the share of trials that
 * are unknown.
 * @param folder where the page will be: runs are linked from there.
 */
export function indexPage({ runs, skipped }: FoundRuns, folder: string): string {
  const drills = [...Map.groupBy(runs, ({ drill, profile }) => JSON.stringify([drill, profile])).values()];
  const rank = (its: readonly RunRecord[]) => ['fail', 'unknown', 'pass'].indexOf(its.at(-1)!.verdict);
  const rows = drills
    .toSorted((a, b) => rank(a) - rank(b) || a[0]!.drill.localeCompare(b[0]!.drill))
    .map((its) => rowOf(its, folder));
  const count = (verdict: string) => drills.filter((its) => its.at(-1)!.verdict === verdict).length;
  const body = html`<header><h1>Drills</h1>
<p>Drills: ${drills.length}, runs: ${runs.length}. Last time ${count('pass')} passed, ${count('fail')} failed, ${count('unknown')} were unknown.</p></header>
<main>
${rows.length > 0 ? table('Drills', ['Last', 'Drill', 'Last run', 'Last time without service', 'Runs', 'Trials unknown'], rows) : html`<p>There is no run in this folder.</p>`}
<p class="note">In the drawings a dot is the median of a run, a diamond that of a run that failed, a triangle the least that it may be, a question mark a run without a number; shaded is what the protocol allows. Trials unknown: of all runs, those whose numbers do not count or that were not made.</p>
${skipped.length > 0 ? html`<h2>Not read</h2>${list(skipped)}` : undefined}
</main>`;
  return page(`${count('fail')} failed, ${count('unknown')} unknown of ${drills.length} drills`, body);
}

function rowOf(runs: readonly RunRecord[], folder: string): Content[] {
  const last = runs.at(-1)!;
  const metric = comparedMetrics(last)[0];
  return [
    verdictMark(last.verdict),
    html`${linked(last, folder)}${last.profile === 'default' ? undefined : html` <span class="small">${last.profile}</span>`}`,
    last.started_at.slice(0, 16).replace('T', ' '),
    metric === undefined
      ? 'not known'
      : html`<span class="small">${cellOf(metric, last.summary[metric])}</span>`,
    html`${sparkline(runs)} <span class="note">${runs.length === 1 ? '1 run' : `${runs.length} runs`}</span>`,
    unknownShare(runs),
  ];
}

/** `2 of 40 (5 %)` */
function unknownShare(runs: readonly RunRecord[]): string {
  const asked = runs.reduce((sum, { trials_asked }) => sum + trials_asked, 0);
  const unknown = asked - runs.reduce((sum, { trusted }) => sum + trusted, 0);
  return asked === 0 ? 'no trial' : `${unknown} of ${asked} (${formatValue('_ratio', unknown / asked)})`;
}

/** The drill's name, as a link to the page of its last run where there is one. */
function linked(run: RunRecord, folder: string): Markup | string {
  const file = path.join(run.folder, PAGE_FILE);
  if (!existsSync(file)) return run.drill;
  const way = path.relative(folder, file).split(path.sep).map(encodeURIComponent).join('/');
  return html`<a href="${new Markup(`./${way.replaceAll("'", '%27')}`)}">${run.drill}</a>`;
}
