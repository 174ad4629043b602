import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders of which a node gets no part. */
const KEPT = ['/proc', '/sys', '/boot', '/etc/ssh', '/root/.ssh'];
/** Folders that hold what runs the machine: not as a whole. */
const WHOLE = new Set(
  '/ /dev /etc /home /root /run /usr /var /var/run /var/lib /var/lib/docker /opt'.split(' '),
);
/** Who can log in to the machine. */
const SECRETS = new Set(['/etc/shadow', '/etc/gshadow', '/etc/sudoers']);

/**
 * Why a bind would give a node power over the machine that the engine runs on, or its secrets: a clause about `source`;
 * undefined when nothing is known against it. Links are followed first.
 * @param source absolute path on the machine that has the topology file.
 */
export function hostBindProblem(source: string): string | undefined {
  let real: string;
  try {
    real = realpathSync(source);
    if (statSync(real).isSocket())
      return 'is a socket of this machine: who may write to it may do what its server does';
  } catch {
    return undefined;
  }
  if (WHOLE.has(real)) return 'holds what runs this machine';
  if (SECRETS.has(real)) return 'says who can log in to this machine';
  const kept = KEPT.find((folder) => real === folder || real.startsWith(`${folder}${path.sep}`));
  return kept && `is in ${kept} of this machine`;
}
