import path from 'node:path';
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
