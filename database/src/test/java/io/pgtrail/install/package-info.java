/** What the tests install, and how it is installed. */
@NullMarked
package io.pgtrail.install;

import org.jspecify.annotations.NullMarked;
