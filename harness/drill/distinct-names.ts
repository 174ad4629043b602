import { readdirSync } from 'node:fs';
import path from 'node:path';
import { RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { MIB, readRegularText } from '../ground/read-regular-file.ts';
import { commandSchema } from '../journal/journal-schema.ts';
import type { Drill } from './drill.ts';

/** Drills of one run whose names are the same though their files are not get the names of more folders. */
export function keepNamesApart(drills: readonly Drill[]): void {
  const own = new Map(drills.map((drill) => [drill, drill.name]));
  for (let folders = 2; ; folders += 1) {
    const alike = [...Map.groupBy(drills, ({ name }) => name).values()]
      .filter((group) => new Set(group.map(({ file }) => file)).size > 1)
      .flat()
      .filter(({ shipped, file }) => !shipped && file.split(path.sep).length > folders + 1);
    if (alike.length === 0) return;
    for (const drill of alike) {
      const above = path.dirname(path.dirname(drill.file)).split(path.sep).filter(Boolean);
      drill.name = [...above.slice(1 - folders), own.get(drill)].join('/');
    }
  }
}

/**
 * The name that a drill has in a folder for results: its own, or with the names of more folders where the runs of its own
 * name are those of another file.
 * @param folderOf the folder of a drill's runs, by the drill's name.
 */
export function nameInResults(drill: Drill, out: string, folderOf: (name: string) => string): string {
  const above = path.dirname(path.dirname(drill.file)).split(path.sep).filter(Boolean).reverse();
  const short = drill.name.split('/').slice(-2).join('/');
  const longer = above
    .map((_, at) => [...above.slice(0, at + 1).reverse(), short].join('/'))
    .filter((name) => name.length > drill.name.length);
  const own = wayTo(drill.shipped ? drill.name : drill.file, out);
  const isFree = (name: string) => {
    const other = lastDrillIn(path.join(out, folderOf(name)));
    return other === undefined || other === own;
  };
  return [drill.name, ...longer].find(isFree) ?? drill.name;
}

/** The drill of the last run in a folder, as seen from its folder for results; undefined when that is not known. */
function lastDrillIn(folder: string): string | undefined {
  try {
    const last = readdirSync(folder).sort().at(-1);
    if (last === undefined) return undefined;
    const text = readRegularText(path.join(folder, last, RUN_FACTS_FILE), { max_bytes: MIB });
    const { drill, out } = commandSchema.parse((JSON.parse(text) as { command?: unknown }).command);
    return wayTo(drill, out);
  } catch {
    // No run, or one of before: nothing speaks against the name.
    return undefined;
  }
}

/** So that a checkout that was moved, with its results, is the same one. A shipped drill has only its name. */
function wayTo(drill: string, out: string): string {
  return path.isAbsolute(drill) ? path.relative(path.resolve(out), drill) : drill;
}
