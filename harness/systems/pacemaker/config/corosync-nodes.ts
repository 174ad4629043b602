import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { lastOf, sectionsOf } from './corosync-sections.ts';
import { parseCorosyncSyntax } from './corosync-syntax.ts';

/** A `node` of the nodelist. */
export interface CorosyncNode {
  name: string | undefined;
  nodeid: string | undefined;
  /** `ring0_addr` and the further ones: addresses or host names. */
  rings: string[];
}

/** What else of a corosync.conf a lab around it has to have. */
export interface CorosyncPlace {
  nodes: CorosyncNode[];
  cluster_name: string | undefined;
  /** It wants a key (`crypto_cipher`, `crypto_hash`, `secauth`; corosync.conf(5)). */
  encrypted: boolean;
  /** The file that it logs to. */
  logfile: string | undefined;
}

/** @throws InputError with file:line for what corosync would refuse. */
export function corosyncPlace(text: string, file: string): CorosyncPlace {
  const problems: InputProblem[] = [];
  const root = parseCorosyncSyntax(text, file, problems);
  if (problems.length > 0) throw new InputError(problems);
  const totem = sectionsOf(root, 'totem');
  const logging = sectionsOf(root, 'logging');
  const set = (key: string) => {
    const value = lastOf(totem, key)?.value;
    return value !== undefined && value !== 'none' && value !== 'off';
  };
  const nodes = sectionsOf(root, 'nodelist').flatMap((list) => sectionsOf(list, 'node'));
  return {
    nodes: nodes.map((node) => ({
      name: lastOf([node], 'name')?.value,
      nodeid: lastOf([node], 'nodeid')?.value,
      rings: node.entries.filter(({ key }) => /^ring\d_addr$/.test(key)).map(({ value }) => value),
    })),
    cluster_name: lastOf(totem, 'cluster_name')?.value,
    encrypted: set('crypto_cipher') || set('crypto_hash') || set('secauth'),
    logfile: lastOf(logging, 'to_logfile')?.value === 'no' ? undefined : lastOf(logging, 'logfile')?.value,
  };
}
