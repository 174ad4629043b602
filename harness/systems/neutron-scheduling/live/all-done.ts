/** Waits for every one of them, and only then throws what the first in the list that failed has thrown. */
export async function allDone<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const done = await Promise.allSettled(work);
  return done.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
