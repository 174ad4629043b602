import { InputError } from '../ground/errors.ts';
import { parseKeepalivedConf } from './keepalived-conf.ts';
import { parseKeepalivedDump } from './keepalived-dump.ts';
import type { VrrpInstance } from './vrrp-instance.ts';

/** What is known of a member's VRRP instances. */
export interface MemberInstances {
  instances: VrrpInstance[];
  /** `dump`: its running daemon says so; `file`: read from its keepalived.conf. */
  from: 'dump' | 'file';
  /** What could not be followed, with its place: "`include` at r1:keepalived.conf:14 is not followed". */
  not_followed: string[];
}

/** Of a virtual router's member what its instances are read from. */
export interface MemberSources {
  node: string;
  keepalived_conf?: string;
  keepalived_dump?: string;
}

/**
 * The VRRP instances that a member runs: as its daemon says, else as its keepalived.conf has them. It never throws:
 * what is not known is named.
 */
export function vrrpInstances({ node, keepalived_conf, keepalived_dump }: MemberSources): MemberInstances {
  const file = keepalived_conf === undefined ? undefined : readFile(keepalived_conf, node);
  if (keepalived_dump !== undefined) {
    const dump = parseKeepalivedDump(keepalived_dump, node);
    if (dump.instances.length > 0) {
      return { ...dump, instances: dump.instances.map((one) => withState(one, file)), from: 'dump' };
    }
    if (file) return { ...file, not_followed: [...dump.not_followed, ...file.not_followed] };
    return { ...dump, from: 'dump' };
  }
  const none = { instances: [], not_followed: [`${node}'s keepalived.conf could not be read`] };
  return file ?? { ...none, from: 'file' };
}

/** What an instance starts as is only in the file. */
function withState(instance: VrrpInstance, file: MemberInstances | undefined): VrrpInstance {
  const written = file?.instances.filter(({ name }) => name === instance.name) ?? [];
  return written.length === 1 ? { ...instance, state: written[0]!.state } : instance;
}

function readFile(text: string, node: string): MemberInstances {
  try {
    return {
      instances: parseKeepalivedConf(text, `${node}:keepalived.conf`),
      from: 'file',
      not_followed: [],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { instances: [], from: 'file', not_followed: error.message.split('\n') };
  }
}
