/** What was read before the locks is no longer so: nothing is lost, and the whole transaction is to run again. */
export class ConcurrentChange extends Error {
  override name = 'ConcurrentChange';
}
