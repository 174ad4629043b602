/** The blocks that define what can be tracked: scripts, processes and files (keepalived.conf(5)). */
import type { Findings } from './keepalived-conf-parts.ts';
import { decimalNumber, looseNumber } from './keepalived-numbers.ts';
import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import type { FileTrack, ProcessTrack, ScriptTrack } from './vrrp-instance.ts';

function valuesOf({ block }: Statement): Map<string, Word[]> {
  return new Map(block.map(({ words }) => [words[0]!.text, words]));
}

export function readScript(name: Word, statement: Statement, findings: Findings): ScriptTrack | undefined {
  const values = valuesOf(statement);
  const text = (keyword: string) => values.get(keyword)?.[1]?.text;
  const script = values.get('script');
  if (!script || script.length < 2) {
    findings.ignore(name, `vrrp_script ${name.text} has no script: keepalived leaves it out`);
    return undefined;
  }
  const ms = (keyword: string, otherwise: number) => {
    const found = values.has(keyword) ? decimalNumber(text(keyword), 0, 4_294_000, 3) : otherwise;
    // 0 is taken for 1 s.
    return found === 0 && values.has(keyword) ? 1000 : (found ?? otherwise);
  };
  const interval_ms = ms('interval', 1000);
  return {
    kind: 'script',
    name: name.text,
    ...scriptWeight(statement),
    command: script
      .slice(1)
      .map((word) => word.text)
      .join(' '),
    interval_ms,
    timeout_ms: ms('timeout', 0) || interval_ms,
    rise: values.has('rise') ? (looseNumber(text('rise'), 1, 2 ** 31 - 1) ?? 1) : 1,
    fall: values.has('fall') ? (looseNumber(text('fall'), 1, 2 ** 31 - 1) ?? 1) : 1,
  };
}

export function readProcess(name: Word, statement: Statement): ProcessTrack | undefined {
  const values = valuesOf(statement);
  const process = values.get('process');
  if (!process || process.length < 2) return undefined;
  const track: ProcessTrack = {
    kind: 'process',
    name: name.text,
    ...firstWeight(statement, 0),
    process: process
      .slice(1)
      .map((word) => word.text)
      .join(' '),
    quorum: 1,
    quorum_max: undefined,
    fork_delay_ms: 0,
    terminate_delay_ms: 0,
  };
  for (const { words } of statement.block) {
    const keyword = words[0]!.text;
    if (keyword === 'quorum') track.quorum = looseNumber(words[1]?.text, 1, 65_535) ?? track.quorum;
    if (keyword === 'quorum_max')
      track.quorum_max = looseNumber(words[1]?.text, 1, 65_535) ?? track.quorum_max;
    const us = decimalNumber(words[1]?.text, 1, 3_600_000_000, 6);
    if (us === undefined) continue;
    if (keyword === 'delay' || keyword === 'fork_delay') track.fork_delay_ms = us / 1000;
    if (keyword === 'delay' || keyword === 'terminate_delay') track.terminate_delay_ms = us / 1000;
  }
  return track;
}

export function readTrackFile(name: Word, statement: Statement): FileTrack | undefined {
  const values = valuesOf(statement);
  const file = values.get('file')?.[1]?.text;
  if (file === undefined) return undefined;
  return { kind: 'file', name: name.text, ...firstWeight(statement, 1), file };
}

function weightsIn({ block }: Statement): Word[][] {
  return block.map(({ words }) => words).filter((words) => words[0]!.text === 'weight');
}

/** keepalived takes a script's weight even when it is out of range, and forgets no `reverse`. */
function scriptWeight(statement: Statement): { weight: number; reverse: boolean } {
  const lines = weightsIn(statement);
  const reverse = lines.some(([, , turn]) => turn?.text === 'reverse');
  return { weight: looseNumber(lines.at(-1)?.[1]?.text, -(2 ** 31), 2 ** 31 - 1) ?? 0, reverse };
}

/** The first that differs from what it is without one stays. */
function firstWeight(statement: Statement, otherwise: number): { weight: number; reverse: boolean } {
  let [weight, reverse] = [otherwise, false];
  for (const [, value, turn] of weightsIn(statement)) {
    const found = looseNumber(value?.text, -254, 254);
    if (weight !== otherwise || (found === undefined && otherwise === 0)) continue;
    weight = found ?? otherwise;
    reverse ||= turn?.text === 'reverse';
  }
  return { weight, reverse };
}
