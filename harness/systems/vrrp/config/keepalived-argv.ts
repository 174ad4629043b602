/** What keepalived was started to read. */
export interface KeepalivedOptions {
  /** Its configuration file, as given: relative to the folder that it runs in. */
  file: string;
  /** Of `@ID` lines; undefined: the node's name up to its first dot. */
  config_id: string | undefined;
}

const DEFAULT_FILE = '/etc/keepalived/keepalived.conf';
/** Short options that take a value (keepalived(8)); with `m`, `M`, `g` and `t` it can only be in the same word. */
const WITH_VALUE = new Set('uSfpirscbA');
const WITH_ATTACHED_VALUE = new Set('Mgt');
const LONG_WITH_VALUE = new Set([
  ...['use-file', 'log-facility', 'umask', 'pid', 'vrrp_pid', 'checkers_pid', 'bfd_pid', 'snmp-agent-socket'],
  ...['namespace', 'config-id', 'signum', 'config-fd'],
]);

/** Reads keepalived's command line, its own name first, as getopt_long(3) does: of an option given twice the last counts. */
export function keepalivedOptions(argv: readonly string[]): KeepalivedOptions {
  const given = optionsOf(argv.slice(1));
  return {
    file: given.get('f') ?? given.get('use-file') ?? DEFAULT_FILE,
    config_id: given.get('i') ?? given.get('config-id'),
  };
}

function optionsOf(words: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length && words[at] !== '--'; at += 1) {
    const word = words[at]!;
    if (word.startsWith('--')) {
      const [name, value] = longOption(word.slice(2));
      if (value !== undefined) given.set(name, value);
      else if (LONG_WITH_VALUE.has(name)) given.set(name, words[++at] ?? '');
    } else if (word.startsWith('-')) {
      const { name, value } = valueIn(word.slice(1));
      if (name !== undefined) given.set(name, value || (words[++at] ?? ''));
    }
  }
  return given;
}

/** Of an abbreviation the whole name, as getopt_long takes it. */
function longOption(text: string): [string, string | undefined] {
  const [name, ...rest] = text.split('=');
  const whole = [...LONG_WITH_VALUE].filter((one) => one.startsWith(name!));
  return [whole.length === 1 ? whole[0]! : name!, rest.length > 0 ? rest.join('=') : undefined];
}

/** The first option of a group such as `-nlf` that takes a value, and what of it is in the same word. */
function valueIn(group: string): { name?: string; value?: string } {
  for (let at = 0; at < group.length; at += 1) {
    const letter = group[at]!;
    if (WITH_ATTACHED_VALUE.has(letter)) return {};
    if (WITH_VALUE.has(letter)) return { name: letter, value: group.slice(at + 1) };
  }
  return {};
}
