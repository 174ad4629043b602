import type { RunRecord } from './run-record.ts';

/** When a daemon became another one, or came or went: the beginning of the run that has it first, and what. */
export function versionChanges(runs: readonly RunRecord[]): { started_at: string; words: string }[] {
  return runs.slice(1).flatMap((run, at) => {
    const before = runs[at]!;
    const daemons = new Set([...Object.keys(before.versions), ...Object.keys(run.versions)]);
    return [...daemons].flatMap((daemon) => {
      const [from, to] = [before.versions[daemon], run.versions[daemon]];
      const words = `${daemon} ${from ?? 'none'} -> ${to ?? 'none'}`;
      return from === to ? [] : [{ started_at: run.started_at, words }];
    });
  });
}
