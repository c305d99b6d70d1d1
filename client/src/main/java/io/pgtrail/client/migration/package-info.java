/** What the hooks of the migration tools have in common. */
@NullMarked
package io.pgtrail.client.migration;

import org.jspecify.annotations.NullMarked;
