package io.pgtrail.client;

import org.jspecify.annotations.Nullable;

/**
 * What an operation carries out.
 *
 * @param <T> what comes of it
 * @param <E> what it may throw; {@code RuntimeException} if nothing is declared
 */
@FunctionalInterface
public interface Work<T extends @Nullable Object, E extends Exception> {

  /** Carries it out, and annotates the operation with what is worth knowing. */
  T with(Operation operation) throws E;
}
