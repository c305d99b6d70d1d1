/** Executes an SQL script in one transaction and says where it failed. */
@NullMarked
package io.pgtrail.script;

import org.jspecify.annotations.NullMarked;
