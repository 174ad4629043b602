/** A check script that keepalived was given and does not run. */
export interface LeftOutScript {
  name: string;
  /** In words. */
  why: string;
}

/** As keepalived 2.3.3 says it. */
const SAYINGS: readonly { line: RegExp; why: string }[] = [
  {
    line: /Disabling track script (\S+) due to insecure/,
    why: 'keepalived takes it for insecure: its path has a symbolic link in it (/bin/sh is one), or others than root may change it',
  },
  {
    line: /Disabling track script (\S+) since not found\/accessible/,
    why: 'keepalived does not find it, or may not run it',
  },
  {
    line: /Unable to set default user for vrrp script (\S+) - removing/,
    why: 'the user that it shall run as is not there (script_user)',
  },
];

/**
 * The check scripts that keepalived leaves out although the file has them.
 * @param said what `keepalived --config-test` says.
 */
export function leftOutScripts(said: string): LeftOutScript[] {
  const found = said.split('\n').flatMap((text) =>
    SAYINGS.flatMap(({ line, why }) => {
      const name = line.exec(text)?.[1];
      return name === undefined ? [] : [{ name, why }];
    }),
  );
  return [...new Map(found.map((one) => [one.name, one])).values()];
}

/** The line of a script's definition in a keepalived.conf, from 1; undefined where another file has it. */
export function lineOfScript(conf: string, name: string): number | undefined {
  const lines = conf.split('\n').map((line) => line.trim().split(/[\s{]+/));
  const at = lines.findIndex(([keyword, own]) => keyword === 'vrrp_script' && own === name);
  return at < 0 ? undefined : at + 1;
}
