/** What engines say when they cannot run a container, and what the person can do about it. */
const REMEDIES: readonly { words: RegExp; remedy: string }[] = [
  {
    // runc, of Podman's defaults (1048576 open files and as many processes), where CAP_SYS_RESOURCE is missing.
    words: /rlimit/i,
    remedy:
      'the engine gives containers higher limits than it may set itself: start it with CAP_SYS_RESOURCE, or name lower ' +
      'ones, for Podman `default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]` under [containers] in containers.conf',
  },
];

/** What to do about an engine's refusal; undefined when its words are not known. @param words the engine's own. */
export function refusalRemedy(words: string): string | undefined {
  return REMEDIES.find((one) => one.words.test(words))?.remedy;
}
