/**
 * Finds out which server to talk to, from a URL and from what libpq reads, and says in plain words
 * why it cannot be reached.
 */
@NullMarked
package io.pgtrail.connection;

import org.jspecify.annotations.NullMarked;
