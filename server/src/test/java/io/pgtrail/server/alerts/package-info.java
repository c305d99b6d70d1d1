/** Tests of what is sent to webhooks, and where to. */
@NullMarked
package io.pgtrail.server.alerts;

import org.jspecify.annotations.NullMarked;
