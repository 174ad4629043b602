import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * Waits for the moment of the fault, which the seed sets: a share of the pause that the first system keeps which keeps
 * one.
 * @returns how long that took, in ms.
 */
export async function waitForFaultMoment(
  { phase, signal }: Pick<TrialContext, 'phase' | 'signal'>,
  systems: SystemWatches,
): Promise<number> {
  for (const watch of systems.all) {
    const paused_ms = (await watch.pace?.(phase, signal)) ?? 0;
    if (paused_ms > 0) return paused_ms;
  }
  return 0;
}
