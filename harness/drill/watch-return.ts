import { type LabTime, msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import { labNow } from '../lab/now.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * Watches after healing for at least the drill's hold, and for as long as what is due to come back takes.
 * @param healed_ns when healing was seen done.
 * @param nearEnd what is to be begun shortly before the end, and how long before, in ms.
 */
export async function watchReturn(
  { lab, drill, signal, view }: TrialContext,
  systems: SystemWatches,
  healed_ns: LabTime,
  { ahead_ms, begin }: { ahead_ms: number; begin: () => void },
): Promise<void> {
  const passed_ms = async () => msFromNs((await labNow(lab)) - healed_ns);
  let least_ms = (await passed_ms()) + drill.hold.rejoin_ms;
  view?.stage('waiting for what was broken to come back');
  for (const watch of systems.all)
    least_ms = Math.max(least_ms, (await watch.awaitReturn?.(healed_ns, signal)) ?? 0);
  const rest_ms = Math.max(0, least_ms - ahead_ms - (await passed_ms()));
  view?.stage('watching the return', { takes_ms: rest_ms + ahead_ms });
  await sleep(rest_ms, signal);
  begin();
  await sleep(Math.max(0, least_ms - (await passed_ms())), signal);
  for (const watch of systems.all) await watch.noteReturn?.(healed_ns);
}
