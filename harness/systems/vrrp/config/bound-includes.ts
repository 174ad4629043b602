import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TopologyNode } from '../../../topology/topology.ts';
import type { KeepalivedSource } from './keepalived-lines.ts';

/** More than any configuration has. */
const MOST_BYTES = 4 << 20;

/**
 * The files that an `include` of a node's file names, where the topology binds them.
 * @param target where the node has the file that includes.
 * @param file what messages call that file.
 */
export function boundIncludes(
  { binds }: Pick<TopologyNode, 'binds'>,
  target: string,
  file: string,
): NonNullable<KeepalivedSource['include']> {
  const targets = new Map([[file, target]]);
  return (pattern, from) => {
    const including = targets.get(from);
    if (including === undefined) return undefined;
    const wanted = path.posix.resolve(path.posix.dirname(including), pattern);
    const found = candidates(binds, path.posix.dirname(wanted)).filter(
      (one) => one.target === wanted || path.posix.matchesGlob(one.target, wanted),
    );
    // Perhaps the image has it.
    if (found.length === 0) return undefined;
    return found
      .toSorted((a, b) => (a.target < b.target ? -1 : 1))
      .flatMap(({ target: inside, source }) => {
        targets.set(source, inside);
        const text = readBounded(source);
        return text === undefined ? [] : [{ file: source, text }];
      });
  };
}

/** What the topology binds into a folder of the node, or as part of a folder that it binds. */
function candidates(binds: TopologyNode['binds'], folder: string): { target: string; source: string }[] {
  return binds.flatMap((bind) => {
    if (path.posix.dirname(bind.target) === folder) return [bind];
    const inside = path.posix.relative(bind.target, folder);
    if (inside.startsWith('..')) return [];
    const source = path.join(bind.source, inside);
    return entriesOf(source).map((name) => ({
      target: path.posix.join(folder, name),
      source: path.join(source, name),
    }));
  });
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readBounded(file: string): string | undefined {
  try {
    const { size } = statSync(file);
    return statSync(file).isFile() && size <= MOST_BYTES ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
