/** Every piece of SQL that the guides print, run on a known history. */
@NullMarked
package io.pgtrail.guide;

import org.jspecify.annotations.NullMarked;
