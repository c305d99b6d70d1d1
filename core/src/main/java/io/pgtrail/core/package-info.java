/** The features of pgtrail, one package each; no web and no command line types. */
@NullMarked
package io.pgtrail.core;

import org.jspecify.annotations.NullMarked;
