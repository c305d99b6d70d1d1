package io.pgtrail.client;

import org.jspecify.annotations.Nullable;

/**
 * Who an operation is done for, and as part of what.
 *
 * @param applicationUser the user of the application, as the application says, of which 255
 *     characters are kept; NULL where there is none
 * @param tenant business key of the tenant, granted to the role that records, else the operation is
 *     dropped; NULL for the tenant of the session
 * @param traceparent of W3C Trace Context, such as {@code
 *     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01}; one that is malformed is ignored
 */
public record OperationContext(
    @Nullable String applicationUser, @Nullable String tenant, @Nullable String traceparent) {

  /** Nobody is known. */
  public static final OperationContext NONE = new OperationContext(null, null, null);
}
