/**
 * The {@code pgtrail} command: one class per command, each only translates between the command line
 * and a feature.
 */
@NullMarked
package io.pgtrail.cli;

import org.jspecify.annotations.NullMarked;
