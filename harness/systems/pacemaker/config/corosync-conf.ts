import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { type CorosyncSection, parseCorosyncSyntax } from './corosync-syntax.ts';

/** What a corosync.conf says about the time until a lost node is acted on, its defaults filled in. */
export interface CorosyncConf {
  /** Number of `node` sections in the nodelist; 0 when the nodes are found by multicast. */
  nodes: number;
  /** As written or the default; what is in force with more than two nodes: `realTokenMs`. */
  token_ms: number;
  token_coefficient_ms: number;
  token_retransmits_before_loss_const: number;
  /** As written; corosync computes what is left out, see `corosync-bounds.ts`. */
  token_retransmit_ms: number | undefined;
  hold_ms: number | undefined;
  consensus_ms: number | undefined;
  /** One of two nodes is enough for quorum; not with `auto_tie_breaker`, with which corosync turns it off. */
  two_node: boolean;
  /** At its first start a node waits for all others; `two_node` turns it on unless the file says 0. */
  wait_for_all: boolean;
}

/** corosync keeps 32 bits. */
const MOST_MS = 2 ** 32 - 1;

/**
 * Reads corosync.conf(5) and votequorum(5) of corosync 3: sections in braces, one statement a line. Of a key
 * given twice the last counts, of a section given twice both, as in corosync.
 * @throws InputError with file:line for everything that corosync would refuse and these values need.
 */
export function parseCorosyncConf(text: string, file: string): CorosyncConf {
  const problems: InputProblem[] = [];
  const root = parseCorosyncSyntax(text, file, problems);
  const totem = new Values(sections(root, 'totem'), file, problems);
  const quorum = new Values(sections(root, 'quorum'), file, problems);
  const nodes = sections(root, 'nodelist').flatMap((list) => sections(list, 'node')).length;
  const asks_two_node = quorum.number('two_node', 0, 255, 0) > 0;
  const breaks_ties = quorum.number('auto_tie_breaker', 0, 255, 0) > 0;
  const conf: CorosyncConf = {
    nodes,
    token_ms: totem.positive('token', 30, MOST_MS, 3000),
    token_coefficient_ms: totem.number('token_coefficient', 0, MOST_MS, 650),
    token_retransmits_before_loss_const: totem.positive('token_retransmits_before_loss_const', 1, MOST_MS, 4),
    token_retransmit_ms: totem.positive('token_retransmit', 30, MOST_MS, undefined),
    hold_ms: totem.positive('hold', 14, MOST_MS, undefined),
    consensus_ms: totem.positive('consensus', 30, MOST_MS, undefined),
    two_node: asks_two_node && !breaks_ties,
    wait_for_all: quorum.number('wait_for_all', 0, 255, asks_two_node ? 1 : 0) > 0,
  };
  if (problems.length > 0) throw new InputError(problems);
  return conf;
}

function sections(parent: CorosyncSection, name: string): CorosyncSection[] {
  return parent.sections.filter((one) => one.name === name);
}

/** The keys of all sections of one name. */
class Values {
  readonly sections: readonly CorosyncSection[];
  readonly file: string;
  readonly problems: InputProblem[];

  constructor(sections: readonly CorosyncSection[], file: string, problems: InputProblem[]) {
    this.sections = sections;
    this.file = file;
    this.problems = problems;
  }

  /** The same where corosync takes 0 as left out. */
  positive<T extends number | undefined>(key: string, low: number, high: number, otherwise: T): number | T {
    const entry = this.#last(key);
    return entry && /^\+?0+$/.test(entry.value) ? otherwise : this.number(key, low, high, otherwise);
  }

  number<T extends number | undefined>(key: string, low: number, high: number, otherwise: T): number | T {
    const entry = this.#last(key);
    if (!entry) return otherwise;
    const value = /^\+?\d{1,10}$/.test(entry.value) ? Number(entry.value) : Number.NaN;
    if (value >= low && value <= high) return value;
    this.problems.push({
      message: `${key} must be a whole number from ${low} to ${high}, not '${entry.value}'`,
      position: { file: this.file, line: entry.line },
    });
    return otherwise;
  }

  #last(key: string): CorosyncSection['entries'][number] | undefined {
    return this.sections.flatMap((one) => one.entries).findLast((one) => one.key === key);
  }
}
