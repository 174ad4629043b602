import type { LoadedDrill } from '../drill/load-drill.ts';
export function planReport(
  one: LoadedDrill,
  options: { trials: number; seed: number },
): { text: string } & Record<string, unknown> {
  return { text: `${one.drill.name} ${options.trials} ${options.seed}`, ...one.drill };
}
