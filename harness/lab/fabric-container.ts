import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import type { Engine } from '../engine/connect.ts';
import type { NodeImage } from '../engine/image-of-node.ts';
import { EnvironmentError, messageOf } from '../ground/errors.ts';
import type { Topology } from '../topology/topology.ts';
import { containerName, FABRIC_NODE, Label } from './labels.ts';
import { type LabIdentity, labLabels } from './node-options.ts';

const ENGINE_SOCKET_INSIDE = '/run/hadrill-engine.sock';

/** A fabric that is starting: its lifeline is held from before its start. */
export interface FabricContainer {
  id: string;
  /** Resolves when the engine says that it runs. */
  started: Promise<void>;
  /** The lab's life hangs on this stream: when it closes without `release`, the lab is removed. */
  lifeline: NodeJS.ReadWriteStream;
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
  const container = await engine.docker.createContainer(fabricOptions(engine, identity, topology, image));
  const lifeline = await container.attach({ stream: true, stdin: true, hijack: true });
  const started = container.start().then(
    () => undefined,
    (error: unknown) => {
      throw new EnvironmentError(`the fabric's container does not start: ${messageOf(error)}`, {
        remedy:
          'it needs `pid: host`, the capabilities SYS_ADMIN, SYS_PTRACE, NET_ADMIN and NET_RAW, and the engine’s ' +
          'socket (HADRILL_ENGINE_SOCKET names it); `hadrill doctor` shows what the engine refuses',
      });
    },
  );
  started.catch(() => undefined);
  return { id: container.id, started, lifeline };
}

/** Lets go of the lab: unless it was released, its fabric now removes it. */
export function cutLifeline(lifeline: NodeJS.ReadWriteStream): void {
  lifeline.end();
  (lifeline as Duplex).destroy();
}

function fabricOptions(
  engine: Engine,
  identity: LabIdentity,
  topology: Topology,
  image: NodeImage,
): Docker.ContainerCreateOptions {
  return {
    name: containerName(identity.prefix, identity.lab, FABRIC_NODE),
    Image: image.tag,
    Env: [`HADRILL_REAP_LABEL=${Label.run}=${identity.run_id}`],
    Labels: {
      ...labLabels(identity, FABRIC_NODE, FABRIC_NODE),
      [Label.spec]: JSON.stringify(topology),
    },
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      NetworkMode: 'none',
      PidMode: 'host',
      CapAdd: image.capabilities,
      // The default AppArmor profile forbids what setns(2) and /proc/PID/root need.
      SecurityOpt: ['apparmor=unconfined'],
      Sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1', 'net.ipv6.conf.default.disable_ipv6': '1' },
      Mounts: [{ Type: 'bind', Source: engine.info.socket, Target: ENGINE_SOCKET_INSIDE }],
      Tmpfs: { '/run/hadrill': 'rw,exec,size=512m' },
    },
  };
}
