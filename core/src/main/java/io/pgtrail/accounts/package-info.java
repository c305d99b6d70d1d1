/** Who may sign in to the server. */
@NullMarked
package io.pgtrail.accounts;

import org.jspecify.annotations.NullMarked;
