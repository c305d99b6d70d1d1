/** What pages and REST have in common. */
@NullMarked
package io.pgtrail.server.web;

import org.jspecify.annotations.NullMarked;
