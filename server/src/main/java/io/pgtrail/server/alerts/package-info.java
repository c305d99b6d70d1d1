/** Alerts, and whom the server tells of them. */
@NullMarked
package io.pgtrail.server.alerts;

import org.jspecify.annotations.NullMarked;
