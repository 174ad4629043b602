const MIB = 1 << 20;

/** `612 MiB`; what is little never reads like nothing. */
export function memoryWords(bytes: number): string {
  const mib = bytes / MIB;
  return `${mib < 9.95 ? mib.toFixed(1) : Math.round(mib)} MiB`;
}
