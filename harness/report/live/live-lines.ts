import { cleanLine } from '../../ground/clean-text.ts';
import type { Heard, RunWatch, Stage } from './run-watch.ts';

/** Of a probe that is asked every second. */
const STALE_MS = 2500;
/** Less than that is not worth counting down. */
const SOON_MS = 5000;
const S = 1000;
const MIN = 60 * S;

/** What is drawn: as many columns and rows as there are. */
export interface LiveSize {
  columns: number;
  rows: number;
}

/**
 * What a run does now, a line each: trial and time left; stage with its countdown; what the probes say; the last event. Each
 * is cut to the width.
 * @param event the last event of the run or of the command.
 */
export function liveLines(watch: RunWatch, event: string, { columns, rows }: LiveSize): string[] {
  const heard = watch.heard.map((one) => heardWords(one, watch.now_ms));
  const told = watch.trial && event.startsWith(`trial ${watch.trial.index} of `) ? '' : event;
  return [trialWords(watch), stageWords(watch.current, watch.now_ms), heard.join('   '), told]
    .filter((line) => line !== '')
    .slice(0, Math.max(1, rows - 1))
    .map((line) => cut(cleanLine(line), columns));
}

function trialWords(watch: RunWatch): string {
  const { trial, left_ms, drill } = watch;
  const outcomes = [...watch.outcomes].map(([outcome, count]) =>
    outcome === 'again' ? `${count} repeated` : `${count} ${outcome}`,
  );
  return [
    drill,
    ...(trial ? [`trial ${trial.index} of ${trial.of}`] : []),
    ...(outcomes.length > 0 ? [outcomes.join(', ')] : []),
    ...(left_ms === undefined
      ? []
      : [left_ms < SOON_MS ? 'a few seconds left' : `about ${length(left_ms)} left`]),
  ].join('   ');
}

function stageWords({ what, since_ms, time }: Stage, now_ms: number): string {
  const passed_ms = now_ms - since_ms;
  if (time === undefined) return passed_ms < SOON_MS ? what : `${what}: ${length(passed_ms)} so far`;
  const [most_ms, most] = 'takes_ms' in time ? [time.takes_ms, ''] : [time.at_most_ms, 'at most '];
  return passed_ms > most_ms ? what : `${what}: ${most}${length(most_ms - passed_ms)} more`;
}

function heardWords({ name, trouble, at_ms }: Heard, now_ms: number): string {
  const age = now_ms - at_ms > STALE_MS ? ` (${length(now_ms - at_ms)} ago)` : '';
  return `${name}: ${trouble ?? 'ok'}${age}`;
}

/** In whole seconds, never less than what is left. */
function length(ms: number): string {
  if (ms < 2 * MIN) return `${Math.ceil(ms / S)} s`;
  return `${Math.ceil(ms / MIN)} min`;
}

function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length <= columns ? line : `${characters.slice(0, Math.max(1, columns - 1)).join('')}…`;
}
