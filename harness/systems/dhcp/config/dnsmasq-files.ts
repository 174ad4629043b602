import path from 'node:path';
import type { InputProblem } from '../../../ground/errors.ts';
import { type DnsmasqGiven, dnsmasqLines, dnsmasqWords } from './dnsmasq-syntax.ts';

/** What is known of a server's files: content by absolute path, and the names in a folder. */
export interface DnsmasqTree {
  files: Readonly<Record<string, string>>;
  dirs: Readonly<Record<string, readonly string[]>>;
}

/** All options that a dnsmasq was started with. */
export interface DnsmasqOptions {
  given: DnsmasqGiven[];
  /** Files and folders that the options name and the tree does not have. */
  missing_files: string[];
  missing_dirs: string[];
  /** What is not followed, and lines that dnsmasq would refuse. */
  problems: InputProblem[];
}

/** Where dnsmasq looks unless its command line names a file (dnsmasq(8), -C). */
const DEFAULT_FILE = '/etc/dnsmasq.conf';
const MOST_DEEP = 8;

/**
 * The options of a command line and of the files that it leads to: `conf-file`, `conf-dir` with its extensions, and the
 * options in a `dhcp-optsfile`.
 * @param args of the process, without its name.
 * @param node named in positions: `dhcp1:/etc/dnsmasq.conf`.
 */
export function dnsmasqOptions(args: readonly string[], node: string, tree: DnsmasqTree): DnsmasqOptions {
  const found: DnsmasqOptions = { given: [], missing_files: [], missing_dirs: [], problems: [] };
  const words = dnsmasqWords(args, `${node}: command line`);
  follow(words, node, tree, found, 0);
  if (!words.some(({ name }) => name === 'conf-file')) readFile(DEFAULT_FILE, node, tree, found, 0);
  return found;
}

function follow(
  given: readonly DnsmasqGiven[],
  node: string,
  tree: DnsmasqTree,
  found: DnsmasqOptions,
  depth: number,
): void {
  for (const one of given) {
    const { name, value = '', position } = one;
    if (name === 'conf-script' || depth > MOST_DEEP)
      found.problems.push({ message: `'${name}' is not followed`, position });
    else if (name === 'conf-file') {
      if (value !== '') readFile(value, node, tree, found, depth + 1);
    } else if (name === 'conf-dir')
      for (const file of filesOf(value, tree, found)) readFile(file, node, tree, found, depth + 1);
    else if (name === 'dhcp-optsfile') readOptions(value, node, tree, found);
    else found.given.push(one);
  }
}

function readFile(file: string, node: string, tree: DnsmasqTree, found: DnsmasqOptions, depth: number): void {
  const text = textOf(file, tree, found);
  if (text !== undefined)
    follow(dnsmasqLines(text, `${node}:${file}`, found.problems), node, tree, found, depth);
}

/** Every line is the value of a `dhcp-option` (dnsmasq(8), --dhcp-optsfile). */
function readOptions(file: string, node: string, tree: DnsmasqTree, found: DnsmasqOptions): void {
  const text = textOf(file, tree, found) ?? '';
  for (const { name, value, position } of dnsmasqLines(text, `${node}:${file}`, found.problems))
    found.given.push({
      name: 'dhcp-option',
      value: value === undefined ? name : `${name}=${value}`,
      position,
    });
}

function textOf(file: string, { files }: DnsmasqTree, found: DnsmasqOptions): string | undefined {
  if (Object.hasOwn(files, file)) return files[file];
  if (!found.missing_files.includes(file)) found.missing_files.push(file);
  return undefined;
}

/** `DIR[,.bak|,*.conf…]`: files that no tool left behind, without the extensions, or with those that have a star. */
function filesOf(value: string, { dirs }: DnsmasqTree, found: DnsmasqOptions): string[] {
  const [dir = '', ...extensions] = value.split(',').map((word) => word.trim());
  const names = Object.hasOwn(dirs, dir) ? dirs[dir] : undefined;
  if (!names) {
    if (!found.missing_dirs.includes(dir)) found.missing_dirs.push(dir);
    return [];
  }
  const wanted = extensions.filter((one) => one.startsWith('*')).map((one) => one.slice(1));
  const refused = extensions.filter((one) => !one.startsWith('*'));
  return names
    .filter((name) => name !== '' && !/^\.|~$|^#.*#$/.test(name))
    .filter((name) => !refused.some((one) => name.endsWith(one)))
    .filter((name) => wanted.length === 0 || wanted.some((one) => name.endsWith(one)))
    .toSorted()
    .map((name) => path.posix.join(dir, name));
}
