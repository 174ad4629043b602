/** The fields of `GET /version` that say which engine answered; older engines lack some. */
export interface VersionAnswer {
  Version: string;
  ApiVersion: string;
  Components?: readonly { Name: string; Version: string }[];
}

/** Which engine answered. */
export interface EngineName {
  /** As it is written in reports: `docker`, `podman`. */
  name: 'docker' | 'podman';
  /** Its own version, without what a distribution adds: `20.10.24`. */
  version: string;
  /** Of the Docker API, which every engine serves here: `1.41`. The versions of the engines say nothing of it. */
  api: string;
}

/** What Podman calls itself among the components of its answer (4.3.1's answer, and `pkg/api/handlers/compat`). */
const PODMAN = 'Podman Engine';

/** Reads an engine's answer. What does not say that it is Podman is taken for Docker, whose answer has no name at all. */
export function engineName({ Version, ApiVersion, Components = [] }: VersionAnswer): EngineName {
  const podman = Components.find(({ Name }) => Name === PODMAN);
  return {
    name: podman ? 'podman' : 'docker',
    version: (podman ?? { Version }).Version.replace(/[+~].*$/, ''),
    api: ApiVersion,
  };
}
