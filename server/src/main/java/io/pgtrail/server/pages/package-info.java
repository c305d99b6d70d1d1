/** Pages for people. */
@NullMarked
package io.pgtrail.server.pages;

import org.jspecify.annotations.NullMarked;
