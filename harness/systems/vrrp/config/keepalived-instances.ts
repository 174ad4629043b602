import type { InputProblem } from '../../../ground/errors.ts';
import { keepalivedOptions } from './keepalived-argv.ts';
import { readKeepalivedConf } from './keepalived-conf.ts';
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
  keepalived_argv?: string[];
}

/**
 * The VRRP instances that a member runs: as its daemon says, else as its keepalived.conf has them. It never throws:
 * what is not known is named.
 */
export function vrrpInstances(sources: MemberSources): MemberInstances {
  const { node, keepalived_conf, keepalived_dump, keepalived_argv } = sources;
  const config_id = configId(node, keepalived_argv);
  const file = keepalived_conf === undefined ? undefined : readFile(keepalived_conf, node, config_id);
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

function readFile(text: string, node: string, config_id: string | undefined): MemberInstances {
  const conf = readKeepalivedConf({ text, file: `${node}:keepalived.conf`, config_id });
  const not_followed = conf.not_followed.map(wordNotFollowed);
  return { instances: not_followed.length > 0 ? [] : conf.instances, from: 'file', not_followed };
}

/** Its place within the sentence: "`include` at r1:keepalived.conf:14 is not followed". */
export function wordNotFollowed({ message, position }: InputProblem): string {
  const [what, ...rest] = message.split(' is ');
  return position ? `${what} at ${position.file}:${position.line} is ${rest.join(' is ')}` : message;
}

/** Its own name is what keepalived takes where it was not started with another; undefined when that is not known. */
function configId(node: string, argv: readonly string[] | undefined): string | undefined {
  return argv && (keepalivedOptions(argv).config_id ?? node.split('.', 1)[0]);
}
