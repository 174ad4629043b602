import type { EngineUnreachableError } from '../engine/connect.ts';

/** What is known about this machine when no engine answers. */
export interface HostFacts {
  /** `ID` and `ID_LIKE` of os-release(5). */
  os_ids: string[];
  root: boolean;
  /** `dockerd` is installed. */
  dockerd: boolean;
  /** systemd runs this machine (sd_booted(3)). */
  systemd: boolean;
  /** HADRILL_NO_ENGINE_INSTALL=1: the user wants nothing done to the machine. */
  refused: boolean;
}

export type EnginePlan =
  | { do: 'nothing'; why: string; remedy: string }
  | { do: 'install' | 'start'; by: 'systemd' | 'hand' };

/**
 * What to do about an engine that does not answer. Only the machine's own engine is ever installed or
 * started, and only where it is missing or stopped: one that DOCKER_HOST or a docker context names, or that
 * refuses this user, is the user's matter. Pure.
 */
export function planEngine(unreachable: EngineUnreachableError, host: HostFacts): EnginePlan {
  const own = unreachable.endpoint.from === 'default';
  const stopped = unreachable.code === 'ENOENT' || unreachable.code === 'ECONNREFUSED';
  if (!own || !stopped) return { do: 'nothing', why: '', remedy: unreachable.remedy ?? '' };
  const byHand = host.dockerd ? startRemedy(host) : installRemedy(host);
  if (host.refused) return nothing('HADRILL_NO_ENGINE_INSTALL is set', `${byHand}, or unset that variable`);
  if (!host.root) return nothing('only root may do that', `${byHand}, or run \`npm run setup\` once as root`);
  const by = host.systemd ? 'systemd' : 'hand';
  if (host.dockerd) return { do: 'start', by };
  if (!isDebianLike(host)) return nothing('this is neither Debian nor Ubuntu', byHand);
  return { do: 'install', by };
}

function nothing(reason: string, remedy: string): EnginePlan {
  return { do: 'nothing', why: `it was not set up here because ${reason}`, remedy };
}

function isDebianLike(host: HostFacts): boolean {
  return host.os_ids.includes('debian') || host.os_ids.includes('ubuntu');
}

function startRemedy(host: HostFacts): string {
  return host.systemd
    ? 'start the engine (`sudo systemctl start docker`)'
    : 'start the engine (`dockerd`, as root)';
}

function installRemedy(host: HostFacts): string {
  return isDebianLike(host)
    ? 'install the engine (`sudo apt-get install docker.io`)'
    : 'install Docker Engine or Docker Desktop and start it';
}

/** `ID` and `ID_LIKE` from the text of /etc/os-release. */
export function osIds(osRelease: string): string[] {
  const values = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)["']?$/gm)].map((match) => match[1]!);
  return values.flatMap((value) => value.split(/\s+/)).filter((word) => word !== '');
}
