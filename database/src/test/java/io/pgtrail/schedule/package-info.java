/** Tests of what servers do from time to time. */
@NullMarked
package io.pgtrail.schedule;

import org.jspecify.annotations.NullMarked;
