import type { DrillProbe } from '../journal/run-facts.ts';

/** The probes of a drill, or of a program, that the schema has read. */
export function drillProbes(said: Readonly<Record<string, Record<string, unknown>>>): DrillProbe[] {
  return Object.entries(said).map(([name, options]) => ({ name, kind: String(options.kind), options }));
}
