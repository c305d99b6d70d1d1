/** The {@code pgtrail} command: one class per command, each only translates. */
@NullMarked
package io.pgtrail.cli;

import org.jspecify.annotations.NullMarked;
