import type { EngineInfo } from './connect.ts';

/** The Docker API of Docker 20.10. */
const API_LEAST = [1, 41];
/** The first versions that serve it. */
const ENGINE_LEAST = { docker: 'Docker 20.10', podman: 'Podman 4.0' };

/** What is wrong with an engine whose API is too old, and what to do; undefined when it is not. */
export function tooOld(
  info: Pick<EngineInfo, 'name' | 'version' | 'api'>,
): { message: string; remedy: string } | undefined {
  if (versionAtLeast(info.api, API_LEAST)) return undefined;
  const least = API_LEAST.join('.');
  return {
    message: `${info.name} ${info.version} is too old: it serves API ${info.api}, and ${least} is needed`,
    remedy: `upgrade it to ${ENGINE_LEAST[info.name]} or newer: API ${least} is needed`,
  };
}

/** Whether a dotted version is at least `least`; parts that are not numbers count as 0. */
export function versionAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, wanted] of least.entries()) {
    const have = parts[at] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}
