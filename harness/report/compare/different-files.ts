import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { changedSince, type FilesDigest } from '../../ground/files-digest.ts';
import type { Journal } from '../../journal/journal.ts';

/** More names than these say nothing new. */
const MOST_NAMES = 10;

/** Which input files of two runs are not the same: the drill, its topology, what that binds. One clause each. */
export function differentFiles(base: Journal, now: Journal): string[] {
  const [then, later] = [base.command?.files, now.command?.files];
  if (!then || !later) return [];
  if (then.salt !== later.salt) return changedBetween(then, later);
  const [before, after] = [byName(then, base), byName(later, now)];
  if (!before || !after) return then.digest === later.digest ? [] : [ALL];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const other = names.filter(
    (name) => before.has(name) && after.has(name) && before.get(name) !== after.get(name),
  );
  return [
    ...clause('with other content', other),
    ...clause(
      'only in the base',
      names.filter((name) => !after.has(name)),
    ),
    ...clause(
      'only in the new run',
      names.filter((name) => !before.has(name)),
    ),
  ];
}

const ALL = 'the files of the drill or of its topology';

/** Digests that can't be held against each other are held against what the files are now. */
function changedBetween(then: FilesDigest, later: FilesDigest): string[] {
  if (!isDeepStrictEqual(then.paths, later.paths)) return [];
  const [first, second] = [changedSince(then) !== undefined, changedSince(later) !== undefined];
  return first === second ? [] : [ALL];
}

/** Their digests by their names as seen from the topology; undefined where they were not told apart. */
function byName({ paths, each }: FilesDigest, { topology }: Journal): Map<string, string> | undefined {
  if (!each || each.length !== paths.length) return undefined;
  const folder = path.dirname(topology);
  return new Map(paths.map((file, at) => [path.relative(folder, file), each[at]!]));
}

function clause(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const listed = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return [`file${names.length === 1 ? '' : 's'} ${what}: ${listed}${more}`];
}
