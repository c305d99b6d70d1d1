/** Tests of alert rules, alerts and webhooks. */
@NullMarked
package io.pgtrail.alerts;

import org.jspecify.annotations.NullMarked;
