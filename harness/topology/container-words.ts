/** A repository's name with its registry, tag and digest (Distribution, reference grammar). */
const IMAGE =
  /^(?:(?:[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,})?$/;
const MAX_IMAGE = 512;

/** A name or number of a user, and of a group (useradd(8), CAVEATS). */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?(?::[A-Za-z0-9_][A-Za-z0-9_.-]*\$?)?$/;
const MAX_USER = 65;

/** The kernel keeps these for every container; any other would be that of the machine (runc, sysctl validation). */
const SYSCTL = /^(?:net|fs[./]mqueue)[./][\w./@-]+$/;
const KERNEL_SYSCTLS = new Set(
  'domainname msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced'.split(' '),
);

/** Of the engine: less than 6 MiB of memory and 0.01 CPUs it refuses. */
export const MIN_MEMORY_BYTES = 6 * 1024 * 1024;
export const MIN_CPUS = 0.01;

/** What is wrong with the name of an image; undefined when nothing is. */
export function imageProblem(image: string): string | undefined {
  // A Go template is refused as such.
  if (image.includes('{{')) return undefined;
  if (image.length <= MAX_IMAGE && IMAGE.test(image)) return undefined;
  return `'${image.slice(0, 60)}' is not the name of an image: write it like registry.example:5000/path/name:tag, in small letters`;
}

/** What is wrong with a user to run as; undefined when nothing is. */
export function userProblem(user: string): string | undefined {
  if (user.length <= MAX_USER && USER.test(user)) return undefined;
  return `'${user.slice(0, 60)}' is not a user: write USER or USER:GROUP, names or numbers`;
}

/** What is wrong with the name of a sysctl of a node; undefined when nothing is. */
export function sysctlProblem(name: string): string | undefined {
  if (SYSCTL.test(name)) return undefined;
  const kernel = /^kernel[./](.+)$/.exec(name)?.[1];
  if (kernel !== undefined && KERNEL_SYSCTLS.has(kernel)) return undefined;
  return `sysctl '${name.slice(0, 60)}' is not one that a node can have for itself: those are net.*, fs.mqueue.* and, of kernel.*, ${[...KERNEL_SYSCTLS].join(', ')}`;
}
