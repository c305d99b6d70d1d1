/**
 * What {@code pgtrail demo} plays: the database of a fictional shop, as it grows. The SQL lies in
 * the resources of this package.
 */
@NullMarked
package io.pgtrail.cli.demo;

import org.jspecify.annotations.NullMarked;
