/** A file of the user's own: where it is, and what it says. */
export interface GivenFile {
  file: string;
  text: string;
}

/** A file that a first drill is written around. */
export interface AskedFile {
  /** Name of the option, without dashes. */
  option: string;
  /** For people, in the help and in questions. */
  what: string;
  /** Where a node has it. */
  at: string;
  /** Where a machine may have it instead, the better place first. */
  or_at?: readonly string[];
  /** All nodes may share one, which is then given as `FILE` alone; else it is `NODE=FILE` for each. */
  shared: boolean;
}

/** A node as it was found somewhere else, in the words of a topology: it takes the place of hadrill's image. */
export interface OwnNode {
  image: string;
  env?: Readonly<Record<string, string>>;
  user?: string;
  'cap-add'?: readonly string[];
  /** What it runs, where its image has a shell, which first waits for the node's addresses. Else the image starts as it does. */
  argv?: readonly string[];
}

/** What a proposal is made of. */
export interface Given {
  /** Of the lab. */
  name: string;
  /** By option, then by node; `''` is the file of all nodes. What was not given is absent. */
  files: ReadonlyMap<string, ReadonlyMap<string, GivenFile>>;
  /** The nodes that were named, in the order of the user. */
  nodes: readonly string[];
  /** `NODE:INTERFACE` to `ADDRESS/LENGTH`, where the user says one. */
  addresses: ReadonlyMap<string, string>;
  /** The nodes that are more than their files. */
  own?: ReadonlyMap<string, OwnNode>;
  /** Addresses that nodes were found with, in the form of `addresses`: taken where they fit. */
  found?: ReadonlyMap<string, string>;
  /** For people, where something had to be assumed: one sentence. */
  note: (line: string) => void;
}

/** How a first drill is written around the files of a pair. Pure: it sees files alone. */
export interface Initialiser {
  /** What the pair is made of, for people. */
  readonly pair: string;
  /** The first of them is what says that a pair is of this kind. */
  readonly files: readonly AskedFile[];
  /** hadrill's image for the pair. */
  readonly image: string;
  /**
   * Everything that is written, by path: a topology `NAME.clab.yml`, copies of what was given, `node-crash.drill.yml`,
   * `control.drill.yml`, which must fail, and `failover.test.ts`.
   * @throws InputError where there is nothing to propose, and for what the files have wrong.
   */
  propose(given: Given): ReadonlyMap<string, string>;
}
