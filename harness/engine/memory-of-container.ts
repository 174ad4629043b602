import type Docker from 'dockerode';
import { apiStatus } from './api-status.ts';

/** What the engine says of a container's memory (Docker Engine API, `GET /containers/ID/stats`). */
export interface MemoryStats {
  usage?: number;
  /** The kernel's own figures: `memory.stat` of cgroup v1 or v2. */
  stats?: { total_inactive_file?: number; inactive_file?: number };
}

/**
 * Memory that a container's processes and files in memory take, in bytes, as `docker stats` shows it.
 * @returns undefined where the engine does not tell: a container that is down, a kernel without that controller.
 */
export async function memoryOfContainer(container: Docker.Container): Promise<number | undefined> {
  try {
    const { memory_stats } = await container.stats({ stream: false, 'one-shot': true });
    return memoryInUse(memory_stats);
  } catch (error) {
    // No number of a trial rests on it.
    if (apiStatus(error) !== undefined) return undefined;
    throw error;
  }
}

/** Without the files' pages that the kernel may drop at any time. */
export function memoryInUse({ usage, stats }: MemoryStats): number | undefined {
  if (!usage) return undefined;
  const idle = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return idle < usage ? usage - idle : usage;
}
