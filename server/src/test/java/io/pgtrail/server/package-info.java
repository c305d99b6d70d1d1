@NullMarked
package io.pgtrail.server;

import org.jspecify.annotations.NullMarked;
