import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { apiMessage, apiStatus } from '../engine/api-status.ts';
import { attachAll } from '../engine/attach-container.ts';
import type { Engine } from '../engine/connect.ts';
import { EngineRefusalError } from '../engine/engine-errors.ts';
import type { NodeImage } from '../engine/image-of-node.ts';
import { isShareRefused, type RealtimeShare, realtimeShare } from '../engine/realtime.ts';
import { refusalRemedy } from '../engine/refusal-remedy.ts';
import { splitStreams } from '../engine/split-streams.ts';
import { EnvironmentError, HadrillError, InputError } from '../ground/errors.ts';
import type { Topology } from '../topology/topology.ts';
import type { AgentChannel } from './agent.ts';
import { containerName, FABRIC_NODE, Label } from './labels.ts';
import { type LabIdentity, labLabels } from './node-options.ts';

const STDERR_CHARACTERS = 4096;
const ENGINE_SOCKET_INSIDE = '/run/hadrill-engine.sock';

/** A fabric that is starting: its lifeline is held from before its start. */
export interface FabricContainer {
  /** Resolves when the engine says that it runs. */
  started: Promise<void>;
  /**
   * The way to its agent, and the lab's life: when it closes before the agent was asked to release the lab,
   * the lab is removed. To be read when it has started: until then another container may take its place.
   */
  lifeline: AgentChannel;
}

/** The refusal of a second lab of the same name. */
export function alreadyUp(lab: string): InputError {
  return new InputError(`a lab named '${lab}' is up already`, {
    remedy: `give this one another name (--name), or take that one down: hadrill down ${lab}`,
  });
}

/**
 * Creates the fabric and asks for its start. From the moment this returns, the lab is removed by the
 * fabric itself if this process ends in any way.
 */
export async function startFabric(
  engine: Engine,
  identity: LabIdentity,
  topology: Topology,
  image: NodeImage,
): Promise<FabricContainer> {
  const share = await realtimeShare(engine);
  const begin = (realtime: RealtimeShare | undefined) =>
    beginFabric(engine, identity.lab, fabricOptions(engine, identity, topology, image, realtime));
  const first = await begin(share);
  const startAgain = async (error: unknown) => {
    if (!isShareRefused(share, apiMessage(error))) throw error;
    await first.container.remove({ force: true });
    const other = await begin(undefined);
    fabric.lifeline = other.lifeline;
    await other.started;
  };
  const started = first.started.catch(startAgain).catch(refuseStart);
  started.catch(() => undefined);
  const fabric: FabricContainer = { started, lifeline: first.lifeline };
  return fabric;
}

/**
 * Creates it, and asks for its lifeline and its start in one go: what ends this process and the start guard before the
 * engine has both requests leaves a container that was created and never runs.
 */
async function beginFabric(
  engine: Engine,
  lab: string,
  options: Docker.ContainerCreateOptions,
): Promise<{ container: Docker.Container; lifeline: AgentChannel; started: Promise<void> }> {
  const container = await engine.docker.createContainer(options).catch((error: unknown) => {
    // Two at once: the other one was first to take the name.
    if (apiStatus(error) === 409) throw alreadyUp(lab);
    throw new EnvironmentError(`the fabric's container cannot be created: ${apiMessage(error)}`);
  });
  const attaching = attachAll(container);
  // Podman prepares a container when it is attached to, and is not to be asked for both at once.
  if (engine.info.name === 'podman') await attaching.catch(() => undefined);
  const started: Promise<void> = container.start();
  started.catch(() => undefined);
  const connection = await attaching.catch(async (error: unknown) => {
    // Podman may find then that it can't be run.
    await container.remove({ force: true }).catch(() => undefined);
    return refuseStart(error);
  });
  return { container, lifeline: channelOver(container, connection), started };
}

function refuseStart(error: unknown): never {
  if (error instanceof HadrillError && !(error instanceof EngineRefusalError)) throw error;
  const words = apiMessage(error);
  throw new EnvironmentError(`the fabric's container does not start: ${words}`, {
    cause: error,
    remedy:
      refusalRemedy(words) ??
      'it needs `pid: host`, the capabilities SYS_ADMIN, SYS_PTRACE, SYS_NICE, NET_ADMIN and NET_RAW, and the ' +
        'engine’s socket (HADRILL_ENGINE_SOCKET names it); `hadrill doctor` shows what the engine refuses',
  });
}

function channelOver(container: Docker.Container, connection: NodeJS.ReadWriteStream): AgentChannel {
  const { stdout, stderr } = splitStreams(container, connection);
  let said = '';
  stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-STDERR_CHARACTERS);
  });
  const closed = new Promise<void>((resolve) => {
    connection.once('end', resolve);
    connection.once('close', resolve);
  });
  const stdin = connection as Duplex;
  return { stdin, stdout, stderr: () => said, closed, close: () => stdin.destroy() };
}

function fabricOptions(
  engine: Engine,
  identity: LabIdentity,
  topology: Topology,
  image: NodeImage,
  realtime: RealtimeShare | undefined,
): Docker.ContainerCreateOptions {
  return {
    name: containerName(identity.prefix, identity.lab, FABRIC_NODE),
    Image: image.tag,
    Env: [
      `HADRILL_REAP_LABEL=${Label.run}=${identity.run_id}`,
      // Where it finds the engine again that was restarted: the mounted file is then dead.
      `HADRILL_ENGINE_SOCKET=${engine.info.socket}`,
    ],
    Labels: {
      ...labLabels(identity, FABRIC_NODE, FABRIC_NODE),
      [Label.spec]: JSON.stringify(topology),
    },
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      // What it says on its output are answers to the harness, records of trials among them.
      LogConfig: { Type: 'none', Config: {} },
      NetworkMode: 'none',
      PidMode: 'host',
      CapAdd: image.capabilities,
      ...realtime,
      // AppArmor's default profile forbids what setns(2) and /proc/PID/root need, SELinux's label the engine's socket.
      // With `pid: host` engines leave the label out anyway: so it is seen.
      SecurityOpt: ['apparmor=unconfined', 'label=disable'],
      Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' },
      Mounts: [{ Type: 'bind', Source: engine.info.socket, Target: ENGINE_SOCKET_INSIDE }],
      Tmpfs: { '/run/hadrill': 'rw,exec,size=512m' },
    },
  };
}
