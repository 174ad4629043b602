import { gzipSync } from 'node:zlib';
import { jsonText } from '../../ground/json-text.ts';
import { formatValue } from '../../journal/format-value.ts';
import type { Journal, Trial } from '../../journal/journal.ts';
import { type Evidence, NO_EVIDENCE, shownTrials } from '../evidence.ts';
import { wholeJournal } from '../journal-json.ts';
import { memoryWords } from '../memory-words.ts';
import { type ReportModel, reportModel } from '../model.ts';
import { Folded } from './folded.ts';
import { layoutDrawing, layoutWords } from './layout-drawing.ts';
import { html, Markup } from './markup.ts';
import { page } from './page.ts';
import { strips } from './strips.ts';
import { list, sectionTable, table } from './tables.ts';
import { trialDetails } from './trial-details.ts';
import { verdictMark } from './verdict-mark.ts';

/** With more trials the journal beside the page is too large to be in it as well. */
const MOST_EMBEDDED = 200;
/** Trials that can be read without scripts; those of the others are folded. */
const MOST_PLAIN = 3;

/**
 * The report of a run as one page that needs nothing else: opens from a disk, prints, and reads without colours or scripts.
 * @param changed what became of the run's files since, a clause.
 * @param evidence what of the run's folder is shown beyond the journal.
 * @param baseline an earlier run of the drill, whose values are drawn beside.
 */
export function reportPage(
  journal: Journal,
  changed?: string,
  evidence: Evidence = NO_EVIDENCE,
  baseline?: Journal,
): string {
  const model = reportModel(journal, changed);
  const shown = shownTrials(journal);
  const body = html`<header>
<p>${verdictMark(model.verdict)}</p>
<h1>${model.drill}</h1>
<p class="small">${model.conditions}</p>
${model.headline.map((sentence) => html`<p>${sentence}</p>`)}
<div class="repeat"><code>${model.repeat}</code><button class="copy screen" data-script hidden>Copy</button></div>
${list(model.repeat_notes)}
<nav class="screen" aria-label="parts of this page"><a href="#expectations">Expectations</a><a href="#strips">Trials by metric</a><a href="#trials">Each trial</a><a href="#numbers">Numbers</a><a href="#lab">The lab</a><a href="#made">How it was made</a></nav>
</header>
<main>
${expectations(model)}
${problems(model, journal)}
${model.notes.map((note) => html`<p>${note}</p>`)}
${strips(journal, shown, baseline)}
${trials(journal, shown, evidence)}
<h2 id="numbers">Numbers</h2>
${model.sections.filter(({ rows, notes }) => rows.length + notes.length > 0).map(sectionTable)}
${list(model.yardsticks)}
${lab(journal, evidence)}
${made(model, journal, evidence)}
</main>`;
  return page(`${model.verdict.toUpperCase()} ${model.drill}`, body);
}

function expectations({ expectations: all }: ReportModel): Markup {
  const rows = all.map(({ verdict, metric, wanted, observed }) => [
    verdictMark(verdict),
    metric,
    wanted,
    observed,
  ]);
  return html`<h2 id="expectations">Expectations</h2>
${rows.length > 0 ? table('Expectations', ['Verdict', 'Metric', 'Wanted', 'Observed'], rows) : html`<p>The drill expects nothing.</p>`}`;
}

function problems({ problems: all }: ReportModel, { trials: made }: Journal): Markup | undefined {
  if (all.length === 0) return undefined;
  const trialOf = (where: string) => made.find(({ index }) => where === `trial ${index}`);
  return html`<h2 id="why">Why it did not pass</h2>
${all.map(({ verdict, where, lines, records }) => {
  const trial = trialOf(where);
  const place = trial ? html`<a href="#trial-${trial.index}">${where}</a>` : where;
  return html`<div class="problem ${verdict}"><p>${verdictMark(verdict)} ${place}${records ? html` <span class="small">(records: ${records})</span>` : undefined}</p>${list(lines)}</div>`;
})}`;
}

/** Those that failed first. */
function byVerdict(a: Trial, b: Trial): number {
  const rank = ({ verdict }: Trial) => ['fail', 'unknown', 'pass'].indexOf(verdict);
  return rank(a) - rank(b);
}

function trials(journal: Journal, shown: readonly Trial[], evidence: Evidence): Markup {
  const verdicts = [...new Set(journal.trials.map(({ verdict }) => verdict))];
  const buttons = ['all', ...verdicts].map(
    (verdict) =>
      html`<button class="filter" data-verdict="${verdict}" aria-pressed="${verdict === 'all' ? 'true' : 'false'}">${verdict}</button> `,
  );
  const hidden = journal.trials.length - shown.length;
  const folded = new Folded();
  const plain = new Set(shown.toSorted(byVerdict).slice(0, MOST_PLAIN));
  return html`<h2 id="trials">Each trial</h2>
${verdicts.length > 1 ? html`<p class="screen" data-script hidden>Show: ${buttons}</p>` : undefined}
${hidden > 0 ? html`<p class="note">Shown are ${shown.length} of ${journal.trials.length} trials, first those that did not pass; the journal has all.</p>` : undefined}
${shown.length > 0 ? shown.map((trial) => trialDetails(trial, evidence, { open: shown.length === 1, fold: plain.has(trial) ? undefined : (inside) => folded.fold(inside) })) : html`<p>No trial was made.</p>`}
${folded.data()}`;
}

function lab({ environment: { memory_bytes, node_up_ms, setup_ms } }: Journal, { layout }: Evidence): Markup {
  if (!layout) return html`<h2 id="lab">The lab</h2><p>What it was made of was not noted with this run.</p>`;
  const nodes = layout.nodes.map(({ name, host, image }) => {
    const bytes = memory_bytes?.[name];
    const up_ms = node_up_ms?.[name];
    return [
      ...[name, host, image],
      up_ms === undefined ? '' : formatValue('node_up_ms', up_ms),
      bytes === undefined ? '' : memoryWords(bytes),
    ];
  });
  return html`<h2 id="lab">The lab</h2>
${layoutDrawing(layout)}
<details><summary>The same as a list</summary>${table('Nodes', ['Node', 'Machine', 'Image', 'Up after', 'Memory when the lab was up'], nodes)}${list(layoutWords(layout))}</details>
${setup_ms === undefined ? undefined : table('Until the lab was up', ['Until the lab was up', 'Time'], stepRows(setup_ms))}`;
}

function stepRows(setup_ms: Record<string, number>): string[][] {
  return Object.entries(setup_ms).map(([step, ms]) => [step, formatValue('setup_ms', ms)]);
}

function made(model: ReportModel, journal: Journal, { problems: unread }: Evidence): Markup {
  const { environment, started_at, topology, seed } = journal;
  const { kernel, engine, cpus, load, versions, images } = environment;
  const facts: [string, string][] = [
    ['Started', started_at],
    ['Topology', topology],
    ['Seed', String(seed)],
    ['Kernel', kernel],
    ['Engine', engine],
    ['Processors', String(cpus)],
    ['Load at the start', load.map((value) => value.toFixed(2)).join(' / ')],
    ...Object.entries(versions),
    ...Object.entries(images).map(([name, digest]): [string, string] => [`image ${name}`, digest]),
  ];
  return html`<h2 id="made">How it was made</h2>
<p>Made ${model.environment}.</p>
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${list([...model.scale, ...model.repeated, ...model.kept])}
${unread.length > 0 ? html`<p>Not shown, because it could not be read:</p>${list(unread)}` : undefined}
${embedded(journal)}`;
}

/** The journal itself, for programs and doubts: gzip in a link, which needs no script. */
function embedded(journal: Journal): Markup {
  if (journal.trials.length > MOST_EMBEDDED)
    return html`<p class="note">The journal is in the run's folder: journal.json.</p>`;
  const data = gzipSync(jsonText(wholeJournal(journal)), { level: 9 }).toString('base64');
  return html`<p class="screen"><a download="journal.json.gz" href="${new Markup(`data:application/gzip;base64,${data}`)}">The journal of this run</a> (JSON, gzip)</p>`;
}
