import type { OwnNode } from '../initialiser.ts';

/** Beside the topology, and in the node. */
export const WAIT_FILE = 'wait-for-wires.sh';
const IN_NODE = '/hadrill-wait-for-wires.sh';

/**
 * Becomes what the container ran once the node has its addresses. Shell built-ins and `sleep` alone, so that any image with a
 * shell can run it (the kernel lists the addresses of IPv4 in fib_trie).
 */
export const WAIT_SCRIPT = `# Made by hadrill init. A lab connects its wires when a container runs already, and this image starts its daemons at once:
# this waits until the addresses that are given before "--" are there, then becomes the command behind it.
tries=0
has_address() {
  while read -r first second _; do
    [ "$first $second" = "|-- $1" ] && return 0
  done < /proc/net/fib_trie
  return 1
}
while [ "$1" != -- ]; do
  until has_address "$1"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
      echo "hadrill: the address $1 did not come within a minute; the image starts without it" >&2
      break
    fi
    sleep 0.2
  done
  shift
done
shift
exec "$@"
`;

/** Binds and commands of a node whose image knows nothing of wires that come later. */
export function waitingFor(
  addresses: readonly string[],
  { argv }: OwnNode,
): { binds: string[]; entrypoint?: string; cmd?: string } {
  if (argv === undefined || argv.length === 0) return { binds: [] };
  const bare = addresses.map((address) => address.split('/', 1)[0]!);
  return {
    binds: [`${WAIT_FILE}:${IN_NODE}:ro`],
    entrypoint: ['/bin/sh', IN_NODE, ...bare, '--'].join(' '),
    cmd: inTopology(argv),
  };
}

/** As a line for a shell, in which a topology's variables replace nothing. */
function inTopology(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w./@:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
    .replaceAll('$', '$$$$');
}
