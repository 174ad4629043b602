import type Docker from 'dockerode';
import { DeadlineError, EnvironmentError } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { apiMessage, apiStatus, systemCode } from './api-status.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import { type EngineName, engineName } from './engine-name.ts';
import { loadDocker } from './load-docker.ts';
import { SshAgent } from './ssh-agent.ts';
import { translateErrors } from './translate-errors.ts';

/** A container engine that answered. */
export interface Engine {
  docker: Docker;
  info: EngineInfo;
  /** What another process needs in its environment, beside this one's, to use the same engine; undefined: nothing. */
  env?: Readonly<Record<string, string>>;
}

export interface EngineInfo extends EngineName {
  kernel: string;
  /** As the engine says it: `amd64`, `arm64`. */
  arch: string;
  /** The engine is reached through a unix socket. (It may still run in a virtual machine.) */
  local: boolean;
  /** Path of the engine's socket on the engine's own machine, for a bind mount into a container. */
  socket: string;
  /** What was connected to: `unix:///var/run/docker.sock`. */
  url: string;
}

/** No engine answered. `code` is the system's error code, `TIMEOUT`, or undefined when the engine answered nonsense. */
export class EngineUnreachableError extends EnvironmentError {
  readonly endpoint: Endpoint;
  readonly code: string | undefined;

  constructor(endpoint: Endpoint, code: string | undefined, reason: string, cause: unknown) {
    const where = endpoint.from === 'default' ? endpoint.url : `${endpoint.url} (from ${endpoint.from})`;
    super(`no container engine at ${where}: ${reason}`, { remedy: remedyFor(endpoint, code), cause });
    this.endpoint = endpoint;
    this.code = code;
  }
}

const CONNECT_TIMEOUT_MS = 5000;

/** The client takes what is left out from the environment's DOCKER_HOST, whatever the endpoint is. */
const NOTHING = {
  ...{ host: undefined, socketPath: undefined, port: undefined, username: undefined },
  ...{ ca: undefined, cert: undefined, key: undefined },
  protocol: 'http',
} as unknown as Docker.DockerOptions;

/**
 * Connects to the engine that the docker command would use (see `resolveEndpoint`), within 5 s.
 * @param said where DOCKER_HOST's value comes from, for messages.
 * @throws EngineUnreachableError naming the endpoint, why it does not answer, and the remedy.
 */
export async function connectEngine(
  env: Record<string, string | undefined> = process.env,
  said = 'DOCKER_HOST',
): Promise<Engine> {
  const endpoint = resolveEndpoint(env, said);
  const Client = await loadDocker();
  const docker = new Client({ ...NOTHING, ...transportOf(endpoint.options) });
  const giveUp = new AbortController();
  try {
    const asked = askable(docker);
    const options = { abortSignal: giveUp.signal };
    const version = await withDeadline('the engine', CONNECT_TIMEOUT_MS, asked.version(options));
    translateErrors(docker);
    return { docker, info: engineInfo(endpoint, version, env) };
  } catch (error) {
    // A silent engine's connection would keep this process alive.
    giveUp.abort();
    const code = error instanceof DeadlineError ? 'TIMEOUT' : systemCode(error);
    throw new EngineUnreachableError(endpoint, code, reasonOf(error, code, endpoint), error);
  }
}

/** Behind SSH the client speaks HTTP over connections of ours. */
function transportOf({ protocol, sshOptions, ...options }: Docker.DockerOptions): Docker.DockerOptions {
  if (protocol !== 'ssh') return protocol === undefined ? options : { protocol, ...options };
  const { host = 'localhost', username = '' } = options;
  const agent = new SshAgent({ ...sshOptions, host, username, port: Number(options.port) });
  return { ...options, protocol: 'http', agent } as Docker.DockerOptions;
}

/** The client takes a signal for this call; its type declarations do not say so. */
interface Askable {
  version(options: { abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

function askable(docker: Docker): Askable {
  return docker as unknown as Askable;
}

function engineInfo(
  endpoint: Endpoint,
  version: Docker.DockerVersion,
  env: Record<string, string | undefined>,
): EngineInfo {
  return {
    ...engineName(version),
    kernel: version.KernelVersion,
    arch: version.Arch,
    local: endpoint.socket !== undefined,
    socket: env.HADRILL_ENGINE_SOCKET || (endpoint.socket ?? '/var/run/docker.sock'),
    url: endpoint.url,
  };
}

function reasonOf(error: unknown, code: string | undefined, endpoint: Endpoint): string {
  const unix = endpoint.socket !== undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such socket (ENOENT): the engine is not installed or not running';
    case 'ECONNREFUSED':
      return `nothing listens ${unix ? 'on that socket' : 'there'} (ECONNREFUSED): the engine is not running`;
    case 'EACCES':
    case 'EPERM':
      return `this user may not open the socket (${code})`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name does not resolve (${code})`;
    case 'TIMEOUT':
      return `no answer within ${CONNECT_TIMEOUT_MS / 1000} s`;
    default: {
      const keys = keyTrouble(error, code);
      if (keys !== undefined) return keys;
      const status = apiStatus(error);
      return status === undefined
        ? apiMessage(error) || `${code}`
        : `it answered ${status}: ${apiMessage(error)}`;
    }
  }
}

/** What is wrong with certificates or keys, in words; undefined when nothing is. */
function keyTrouble(error: unknown, code: string | undefined): string | undefined {
  const words = apiMessage(error);
  if (error instanceof Error && Reflect.get(error, 'level') === 'client-authentication')
    return `SSH does not let this user in: ${words}`;
  if (/HTTP request to an HTTPS server/.test(words)) return 'it wants TLS, and no certificates were given';
  if (code !== undefined && /^ERR_(?:TLS|SSL|OSSL)|CERT|^UNABLE_TO|^EPROTO$/.test(code))
    return `TLS fails, the certificates do not fit (${code}): ${words}`;
  return undefined;
}

function remedyFor(endpoint: Endpoint, code: string | undefined): string {
  if (code === 'EACCES' || code === 'EPERM') {
    return 'add the user to the group docker (`sudo usermod -aG docker "$USER"`) and log in again';
  }
  if (endpoint.from === 'default') return 'run `npm run setup`, or start the engine';
  if (endpoint.from === '--engines') return 'start that engine, or correct or leave out its address';
  if (endpoint.from === 'DOCKER_HOST') return 'start that engine, or correct or unset DOCKER_HOST';
  return 'start that engine, or choose another one with `docker context use`';
}
