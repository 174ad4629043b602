import { InputError, type InputProblem } from '../ground/errors.ts';
import { type Member, memberOf } from '../topology/member.ts';
import { type NodeFile, readNodeFile } from '../topology/node-file.ts';
import { templateVariables } from '../topology/template-variables.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';
import { distinctProblems } from './distinct-problems.ts';
import type { Finding } from './file-findings.ts';

/**
 * A file as a node will have it, its template rendered.
 * @param member the node with its addresses.
 * @returns no file where none is bound, or where it cannot be read or rendered: the problems say why then.
 */
export async function readBoundFile(
  node: TopologyNode,
  path: string,
  member: Member,
): Promise<{ file?: NodeFile; problems: readonly InputProblem[] }> {
  try {
    const file = await readNodeFile(node, path, templateVariables(node, member));
    // With a variable left in it, it would be read wrong.
    return file?.problems.length === 0 ? { file, problems: [] } : { problems: file?.problems ?? [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problems: error.problems };
  }
}

/** The files that a topology binds into its nodes, and what was found in them. */
export class BoundFiles {
  readonly #members: Map<string, Member>;
  readonly #findings: Finding[] = [];

  constructor(topology: Topology) {
    this.#members = new Map(topology.nodes.map((node) => [node.name, memberOf(topology, node)]));
  }

  /** The nodes with their addresses. */
  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** @throws Error for a node of another topology. */
  member(name: string): Member {
    const member = this.#members.get(name);
    if (!member) throw new Error(`there is no node '${name}'`);
    return member;
  }

  /**
   * A file as the node will have it, its template rendered; undefined where none is bound, or where it cannot be read or
   * rendered: that is found then.
   */
  async read(node: TopologyNode, path: string): Promise<NodeFile | undefined> {
    const { file, problems } = await readBoundFile(node, path, this.member(node.name));
    this.#findings.push(...problems);
    return file;
  }

  /** What `parse` makes of the file; undefined where it refuses it: that is found then. */
  parse<T>(file: NodeFile, parse: (text: string, file: string) => T): T | undefined {
    try {
      return parse(file.text, file.file);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.report(file, error.problems);
      return undefined;
    }
  }

  /** Adds what was found in a file as the node has it; the places become those of the bound file. */
  report(file: NodeFile, findings: readonly Finding[]): void {
    this.#findings.push(
      ...findings.map((one) => ({ ...file.located(one), ...(one.note ? { note: one.note } : {}) })),
    );
  }

  /** Adds what was found elsewhere. */
  add(finding: Finding): void {
    this.#findings.push(finding);
  }

  /** @returns what is not refused. @throws InputError with everything that is. */
  notes(): InputProblem[] {
    const problems = this.#findings.filter(({ note }) => !note);
    if (problems.length > 0) throw new InputError(distinctProblems(problems));
    return distinctProblems(this.#findings);
  }
}
