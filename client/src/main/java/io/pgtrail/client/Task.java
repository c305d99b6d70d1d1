package io.pgtrail.client;

/**
 * As {@link Work}, without a result.
 *
 * @param <E> what it may throw
 */
@FunctionalInterface
public interface Task<E extends Exception> {

  /** Carries it out, and annotates the operation with what is worth knowing. */
  void with(Operation operation) throws E;
}
