import type Docker from 'dockerode';
import type { Engine } from './connect.ts';

/** What the client asks an engine with, as far as it is used here (docker-modem's `dial`). */
interface Modem {
  dial(question: object, answer: () => void): void;
}

/**
 * Has Podman run a container's healthcheck if none has begun for the length of its interval. Podman leaves that to
 * timers of systemd, and where there is no systemd nobody runs any (podman-healthcheck-run(1)). Docker runs its own:
 * there this does nothing. What the check found is in the container's state; an engine that refuses
 * is not an error here.
 * @param last when the last check began, as the container's state has it.
 */
export async function runHealthcheck(
  { info }: Pick<Engine, 'info'>,
  container: Docker.Container,
  { interval_ms, timeout_ms }: { interval_ms: number; timeout_ms: number },
  last: string | undefined,
): Promise<void> {
  if (info.name !== 'podman' || (last !== undefined && Date.now() - Date.parse(last) < interval_ms)) return;
  const question = {
    path: `/v4.0.0/libpod/containers/${container.id}/healthcheck`,
    method: 'GET',
    // This version waits for a check that takes too long, and calls it failed when it ends.
    abortSignal: AbortSignal.timeout(timeout_ms),
    statusCodes: { 200: true },
  };
  await new Promise<void>((resolve) => (container.modem as Modem).dial(question, resolve));
}
