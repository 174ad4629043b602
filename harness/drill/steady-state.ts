import { UnknownError } from '../ground/errors.ts';
import { sleep, waitUntil } from '../ground/wait.ts';
import type { RunningProbe } from '../probes/probe.ts';
import type { RunView } from './run-view.ts';

const PROBE_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

/**
 * Waits until every probe is green, then watches them for `hold_ms`.
 * @throws DeadlineError naming the probe and what is wrong with it.
 */
export async function proveGreen(
  probes: readonly RunningProbe[],
  hold_ms: number,
  signal?: AbortSignal,
  view?: RunView,
): Promise<void> {
  view?.stage('waiting for the probes to find the service', { at_most_ms: PROBE_TIMEOUT_MS });
  for (const probe of probes) {
    let trouble: string | undefined;
    await waitUntil({
      what: `probe '${probe.name}' to find the service as it should be`,
      timeout_ms: PROBE_TIMEOUT_MS,
      interval_ms: POLL_MS,
      signal,
      check: async () => {
        trouble = await probe.trouble();
        view?.probe(probe.name, trouble);
        return trouble === undefined;
      },
      lastSeen: () => trouble,
    });
  }
  view?.stage('watching the undisturbed service', { takes_ms: hold_ms });
  await sleep(hold_ms, signal);
  for (const probe of probes) {
    const trouble = await probe.trouble();
    if (trouble)
      throw new UnknownError(
        `probe '${probe.name}' found the service disturbed before the fault: ${trouble}`,
      );
  }
}
