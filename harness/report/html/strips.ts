import { declarationIn } from '../../analysis/metrics.ts';
import type { Journal, Trial } from '../../journal/journal.ts';
import { metricNames } from '../../journal/trusted-trials.ts';
import { markOf } from '../expectation-rows.ts';
import { html, type Markup } from './markup.ts';
import { strip } from './strip.ts';
import { stripMetrics } from './strip-metrics.ts';
import { verdictMark } from './verdict-mark.ts';

/** Every metric that is drawn, over the trials; the legend is on top. */
export function strips(journal: Journal, shown: readonly Trial[], baseline?: Journal): Markup {
  const { drawn: metrics, more } = stripMetrics(journal);
  const known = new Set(metricNames(journal));
  const can = new Set(shown);
  const drawn = metrics.map((metric) => {
    const marks = journal.expectations.flatMap((one) =>
      one.metric === metric ? [verdictMark(markOf(one))] : [],
    );
    const head = html`<h3>${metric} ${marks}</h3><p class="note">${declarationIn(metric, known).meaning}</p>`;
    if (!known.has(metric)) return html`${head}<p>It is not known in any trial.</p>`;
    return html`${head}
<div class="scroll" tabindex="0" role="region" aria-label="drawing of ${metric}">${strip(journal, metric, (trial) => can.has(trial), baseline)}</div>`;
  });
  return html`<h2 id="strips">Trials by metric</h2>
<p class="note">A row is a trial, from the first on top. A dot is its value, a diamond that of a trial that failed, a triangle the least that the value may be; the line through it is its error. Shaded is what the protocol allows, dashed what the drill expects. A hatched row is a trial of which nothing is known.${baseline ? ` A hollow dot is a trial of the baseline, the run of ${baseline.started_at.slice(0, 16).replace('T', ' ')} UTC.` : undefined}</p>
<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" fill="none"/></pattern></defs></svg>
${drawn.length > 0 ? drawn : html`<p>There is no number to draw.</p>`}
${more > 0 ? html`<p class="note">Metrics that are not drawn: ${more}. They are in the tables.</p>` : undefined}`;
}
